"""mulu (目录, "catalog"): one metadata standard for government data catalogs, with its converters and validators."""
