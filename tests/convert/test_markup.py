"""Texts that portals keep in HTML are read as the text that their readers see, and go back as they were."""

import json

import pytest

from mulu.convert.markup import without_markup

READ = [
    ("<p>Roads &amp; bridges,<br/>see below</p>", "Roads & bridges,\nsee below"),
    ("<p>一、登记</p><p>二、变更&nbsp;</p>", "一、登记\n二、变更"),
    ('<ul class="x"><li>one</li><li>two</li></ul>', "- one\n- two"),
    ("<table><tr><td>a</td><td>b</td></tr></table>", "a b"),
    ('see <a href="https://a.example/x">the page</a>', "see the page (https://a.example/x)"),
    ('<a href="https://a.example/x">https://a.example/x</a>', "https://a.example/x"),
    ("&lt;p&gt;escaped twice &amp;amp; more&lt;/p&gt;", "escaped twice & more"),
    ("<style>p {color: red}</style><p>text</p>", "text"),
    ("R&amp;D expenditure", "R&D expenditure"),
    ("R&amp;D, https://a.example/?a=1&region=2&copy=3", "R&D, https://a.example/?a=1&region=2&copy=3"),
    ("<p>https://a.example/?a=1&region=2&regions;</p>", "https://a.example/?a=1&region=2&regions;"),
    ("<P>upper<BR>case</P>", "upper\ncase"),
]
AS_IT_IS = [
    "a < b and c > d",
    "List<T> of <name>",
    "x<i>y",
    "AT&T; R&D",
    "首行\n\n\n末行",
    "<img src='x.png'>",
    "<p",
]


@pytest.mark.parametrize(("text", "seen"), READ)
def test_markup_is_read_as_what_is_seen(text, seen):
    """Tags and entities are gone, lines and addresses are not; reading again changes nothing."""
    assert without_markup(text) == seen
    assert without_markup(seen) == seen


@pytest.mark.parametrize("text", AS_IT_IS)
def test_what_is_no_markup_stays(text):
    """A comparison, a placeholder, an ampersand and a picture alone are left."""
    assert without_markup(text) == text


def test_a_text_goes_back_as_it_stood(tmp_path, convert, told_of_target):
    """The entry has the text that is seen, its source the markup, and so has the file that is written again."""
    record = {
        "identifier": "a",
        "title": "R&amp;D",
        "description": "<p>Daily <b>counts</b></p>",
        "accessLevel": "public",
        "modified": "2024-01-02",
        "keyword": ["x"],
        "publisher": {"name": "Example"},
    }
    path = tmp_path / "data.json"
    path.write_text(json.dumps({"conformsTo": "https://project-open-data.cio.gov/v1.1/schema", "dataset": [record]}))
    made, source = convert(path)
    entry = made[0].entry
    assert (source.format, entry["title"], entry["description"]) == ("dcat-us-1.1", "R&D", "Daily counts")
    assert entry["source"]["original"]["/description"] == "<p>Daily <b>counts</b></p>"
    written = "\n".join(told_of_target([entry], source.format))
    assert "<p>Daily <b>counts</b></p>" in written and '"R&amp;D"' in written


def test_a_table_has_markup_too(tmp_path, convert):
    """Portals' own editors write it into what is exported as CSV."""
    path = tmp_path / "list.csv"
    path.write_text(
        "数据集名称,摘要,数据提供方,更新周期,发布日期\n道路,<p>全市道路&nbsp;<br>每日更新</p>,示例市交通局,每日,2024-01-02\n",
        encoding="utf-8",
    )
    made, _ = convert(path)
    assert made[0].entry["description"] == "全市道路\n每日更新"
