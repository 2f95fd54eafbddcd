"""A name and a telephone number in one cell are told apart, or left as they are."""

import pytest

from mulu.convert.contacts import as_person, as_phone
from mulu.convert.values import NotUnderstood


@pytest.mark.parametrize(
    ("cell", "person", "telephone"),
    [
        ("张三 010-12345678", "张三", "010-12345678"),
        ("李四（0571-12345678）", "李四", "0571-12345678"),
        ("联系人：张三，电话：010-12345678转8001", "张三", "010-12345678转8001"),
        ("0571-12345678 张三", "张三", "0571-12345678"),
        ("办公室 张三/0571-12345678、0571-12345679", "办公室 张三", "0571-12345678、0571-12345679"),
        ("Jane Doe 555-010-1234", "Jane Doe", "555-010-1234"),
        ("电话：0571-12345678", None, "0571-12345678"),
        ("（0571）12345678", None, "(0571)12345678"),
        ("12345", None, "12345"),
        ("张三", None, None),
        ("周一至周五 0571-12345678", None, None),
        ("张三 2024-01-01", None, None),
        ("张三 0571-12345678；李四 0571-12345679", None, None),
        ("张三 a@example.gov.cn", None, None),
        ("1" * 101, None, None),
    ],
)
def test_a_name_is_told_from_its_number(cell, person, telephone):
    """What names two people, a day or hours is nobody's number."""
    for read, wanted in ((as_person, person), (as_phone, telephone)):
        if wanted is None:
            with pytest.raises(NotUnderstood):
                read(cell)
        else:
            assert read(cell) == wanted
