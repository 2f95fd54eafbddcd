"""How a template is written as a workbook: its sheets, and the lists behind its drop-downs."""
