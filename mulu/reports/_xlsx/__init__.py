"""Parts of the xlsx report: cells, the submitted workbook, copies of other inputs, the list of findings."""
