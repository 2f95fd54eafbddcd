"""Texts: what a value can and cannot do in a message, and which language is spoken."""

import difflib
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulu.errors import BadStandard, MissingExtra, MuluError, NotRecognised, Unreadable, UsageFault
from mulu.texts import VALUE_LIMIT, Text, clean, close, fill, is_chinese, language_of, padded, shown, width

# The template, its parameters, and what comes out.
FILLED = {
    "a parameter": ("“{title}”缺少", {"title": "许可"}, "“许可”缺少"),
    "twice": ("{a}{b}{a}", {"a": 1, "b": 2}, "121"),
    "unknown": ("{a} {b}", {"a": 1}, "1 {b}"),
    "attribute": ("{a.__class__} {a[0]} {a!r} {a:>99}", {"a": 1}, "{a.__class__} {a[0]} {a!r} {a:>99}"),
    "number": ("{0} {} {{a}}", {"0": 1, "a": 2}, "{0} {} {2}"),
    "percent": ("%s %(a)s $a ${a}", {"a": 1}, "%s %(a)s $a $1"),
    "value with braces": ("{a} {b}", {"a": "{b}", "b": "{a}"}, "{b} {a}"),
    "value with backslash": ("{a}", {"a": r"\g<0>\1"}, r"\g<0>\1"),
    "wide name": ("{名称}", {"名称": 1}, "{名称}"),
}
SHOWN = {
    "nothing": (None, "—"),
    "empty": ("", ""),
    "true": (True, "true"),
    "false": (False, "false"),
    "whole number": (3.0, "3"),
    "number": (2.5, "2.5"),
    "large number": (1e300, "1e+300"),
    "infinity": (float("inf"), "inf"),
    "list": ([1, "a", None], '[1, "a", null]'),
    "object": ({"a": True}, '{"a": true}'),
    "Chinese": ("食品（经营）、许可", "食品（经营）、许可"),
    "colour": ("\x1b[31mred", r"\x1b[31mred"),
    "bell and erase": ("a\x07\x08\x7f", r"a\x07\x08\x7f"),
    "line breaks": ("a\r\nb\tc", r"a\r\nb\tc"),
    "separators": ("a\u2028b\u2029c\x85", r"a\u2028b\u2029c\x85"),
    "right to left": ("a\u202egpj.exe", r"a\u202egpj.exe"),
    "isolates": ("\u2066a\u2069\u200f\u061c", r"\u2066a\u2069\u200f\u061c"),
    "no width": ("a\u200bb\ufeff\u00ad", r"a\u200bb\ufeff\xad"),
    "tags": ("\U000e0041", r"\U000e0041"),
    "private use": ("\ue000", r"\ue000"),
    "half a pair": ("\ud800", r"\ud800"),
    "zero": ("\0", r"\x00"),
}
LANGUAGES = [
    ({}, "en"),
    ({"LANG": "zh_CN.UTF-8"}, "zh"),
    ({"LANG": "zh-Hans"}, "zh"),
    ({"LANG": "de_DE.UTF-8"}, "en"),
    ({"LANG": "C"}, "en"),
    ({"LANG": "en_US", "LC_ALL": "zh_CN"}, "zh"),
    ({"LANG": "zh_CN", "LC_MESSAGES": "en_US"}, "en"),
    ({"LANG": "zh_CN", "LC_ALL": ""}, "zh"),
    ({"MULU_LANG": "en", "LC_ALL": "zh_CN"}, "en"),
    ({"MULU_LANG": "ZH", "LC_ALL": "en_US"}, "zh"),
    ({"LC_CTYPE": "zh_CN"}, "en"),
]


@pytest.mark.parametrize("case", FILLED)
def test_template_is_inert(case):
    """A template, which comes with a standard, can name parameters and nothing else."""
    template, params, expected = FILLED[case]
    assert fill(template, params) == expected
    assert Text(template, template).filled(params) == Text(expected, expected)


@pytest.mark.parametrize("case", SHOWN)
def test_value_is_shown_on_one_harmless_line(case):
    """A submitted value cannot drive the terminal, break the line or turn the reading direction."""
    value, expected = SHOWN[case]
    assert shown(value) == expected


@given(st.one_of(st.text(), st.integers(), st.floats(), st.lists(st.text())))
def test_nothing_shown_controls_anything(value):
    """Whatever the value, no character of it but letters, marks, numbers, punctuation and blanks is left."""
    assert not {unicodedata.category(letter) for letter in shown(value)} & {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


@pytest.mark.parametrize("letter", ["a", "字", "\x1b", "\u202e"])
def test_long_value_is_cut_before_it_is_cleaned(letter):
    """A message quotes the first characters of the value itself, so no escape is cut in half."""
    whole, cut = shown(letter * VALUE_LIMIT), shown(letter * (VALUE_LIMIT + 1))
    assert whole == clean(letter) * VALUE_LIMIT
    assert cut == clean(letter) * (VALUE_LIMIT - 1) + "…"


def test_huge_value_costs_no_more_than_its_beginning():
    """Ten million characters are cut before they are looked at one by one."""

    class Text_(str):
        __slots__ = ()

        def isascii(self):
            raise AssertionError("the whole text was cleaned")

    assert len(shown(Text_("字" * 10**7))) == VALUE_LIMIT


@pytest.mark.parametrize("text", ["a\nb", "第一行\n第二行"])
def test_own_texts_keep_their_lines(text):
    """Only our own texts of several lines keep the breaks, and nothing else."""
    assert clean(text, keep_newlines=True) == text
    assert clean(text) == text.replace("\n", r"\n")
    assert clean(text + "\r\x1b", keep_newlines=True) == text + r"\r\x1b"


@pytest.mark.parametrize(("environment", "language"), LANGUAGES)
def test_language_of_the_environment(environment, language):
    """Our own variable counts first, then the locale as programs on Unix read it; English is what remains."""
    assert language_of(environment) == language


def test_text_in_a_language():
    """Chinese is given for "zh", English for "en", and both for a report."""
    text = Text("中", "en")
    assert (text.get("zh"), text.get("en"), text.to_dict()) == ("中", "en", {"zh": "中", "en": "en"})


@pytest.mark.parametrize(("text", "columns"), [("abc", 3), ("中文", 4), ("ａ", 2), ("“中”", 4), ("", 0)])
def test_width_counts_columns_of_a_terminal(text, columns):
    """Tables on the screen stay in line although Chinese characters take two columns."""
    assert width(text) == columns
    assert padded(text, columns + 2) == text + "  " and padded(text, 0) == text


@pytest.mark.parametrize(
    "error",
    [
        MuluError("中", "en"),
        UsageFault("中", "en"),
        Unreadable("a.csv", "中", "en"),
        NotRecognised("a.csv", "中", "en"),
        BadStandard("a.yaml", "中", "en", line=3, column=1),
        MissingExtra("rdf", "读 RDF ", "reading RDF"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_error_speaks_both_languages(error):
    """Whatever stops a run can be told to anybody."""
    assert isinstance(error, MuluError)
    assert (error.text("zh"), error.text("en")) == (error.zh, error.en)
    assert str(error) == error.en != error.zh


NAMES = st.text("abcde甲乙丙丁", max_size=8)


@given(NAMES, st.lists(NAMES, max_size=12), st.integers(1, 3), st.sampled_from([0.3, 0.5, 0.6, 0.7]))
def test_close_names_are_those_of_the_library(name, known, most, cutoff):
    """Which are not compared makes no difference."""
    assert close(name, known, most, cutoff) == difflib.get_close_matches(name, known, most, cutoff)


def test_no_form_of_a_text_changes_its_chinese_characters():
    """So that the first or last character of a text tells what its normal form cannot be."""
    characters = [chr(code) for code in range(0x110000) if is_chinese(chr(code))]
    assert len(characters) > 20_000
    text = "\u0301".join(characters)
    assert unicodedata.normalize("NFKC", text).casefold() == text
