"""What is made of a standard as a whole: it is checked, begun, and published."""
