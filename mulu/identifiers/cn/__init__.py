"""Numbers that Chinese authorities issue."""
