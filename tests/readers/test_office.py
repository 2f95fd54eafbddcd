"""What readers of office files share stands in none of them."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize("name", ["docx", "ods", "xls", "xml_pieces"])
def test_no_other_reader_needs_that_of_workbooks(name):
    program = f"import sys, mulu.readers.{name}; sys.exit('mulu.readers.xlsx' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)
