"""What an XSD is made of: the elements that a mapping writes, and the types of their texts."""
