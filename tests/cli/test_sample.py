"""`mulu sample`, as users call it."""

import json


def lines(path):
    """Return the values of a file of JSON lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_catalog_and_its_faults_are_written(mulu, tmp_path):
    """Two files, and what `validate` reports is what the second one lists."""
    result = mulu("sample", "-n", "400", "--faults", "0.1", "--seed", "3", "-o", "样例 目录.jsonl")
    assert result.code == 0 and result.out == "" and "植入 40 个故障" in result.err
    faults = lines(tmp_path / "样例 目录.faults.jsonl")
    assert len(lines(tmp_path / "样例 目录.jsonl")) == 400
    assert set(faults[0]) == {"rule", "line", "kind", "entry", "pointer"}
    found = mulu("validate", "样例 目录.jsonl", "--level", "interoperate", "-f", "json", "--date", "2026-01-15")
    report = json.loads(found.out)["findings"]
    assert sorted((item["rule"], item["source"]["line"], item["pointer"]) for item in report) == sorted(
        (item["rule"], item["line"], item["pointer"]) for item in faults
    )


def test_a_clean_sample_passes_and_can_be_piped(mulu, tmp_path):
    """To standard output, with the account on stderr."""
    result = mulu("sample", "resource", "-n", "12")
    assert result.code == 0 and len(result.out.splitlines()) == 12 and "12 条" in result.err
    (tmp_path / "x.jsonl").write_text(result.out, encoding="utf-8")
    assert mulu("validate", "x.jsonl", "--level", "interoperate", "--fail-on", "info").code == 0


def test_a_name_of_a_file_drives_no_terminal(mulu):
    """It is told with what is unseen made visible."""
    assert "to a\\x1b" in mulu("sample", "record", "-n", "1", "-o", "a\x1b[31m.jsonl", "--lang", "en").err


def test_faults_need_a_place(mulu, tmp_path):
    """Beside the file, or where --faults-to says; never among the entries."""
    assert mulu("sample", "-n", "60", "--faults", "0.1").code == 2
    assert mulu("sample", "-n", "60", "--faults-to", "f.jsonl").code == 2
    assert mulu("sample", "-n", "60", "--faults", "0.1", "-o", "a.jsonl", "--faults-to", "a.jsonl").code == 2
    result = mulu("sample", "-n", "60", "--faults", "0.1", "--faults-to", "f.jsonl")
    assert result.code == 0 and len(result.out.splitlines()) == 60 and lines(tmp_path / "f.jsonl")


def test_too_many_faults_are_not_promised(mulu, tmp_path):
    """How many there are is told."""
    result = mulu("sample", "-n", "30", "--faults", "1", "-o", "a.jsonl", "--lang", "en")
    assert result.code == 0 and "faults were planted instead of 30" in result.err


def test_a_list_of_an_earlier_sample_is_pointed_out(mulu, tmp_path):
    """It would be taken for that of the new catalog."""
    mulu("sample", "-n", "60", "--faults", "0.1", "-o", "a.jsonl")
    assert "以前的样例" in mulu("sample", "-n", "60", "-o", "a.jsonl").err


def test_what_cannot_be_made_is_said(mulu, tmp_path):
    """Exit code 2, one line, nothing written."""
    assert "是不是 resource" in mulu("sample", "recource", "-n", "3").err
    assert "-n" in mulu("sample").err
    assert mulu("sample", "resource:0").code == 2
    result = mulu("sample", "-n", "3", "-o", "no/such/x.jsonl")
    assert result.code == 2 and "no/such" in result.err
    mulu("standard", "new", "parks")
    result = mulu("sample", "-n", "3", "--standard", "parks", "-o", "x.jsonl")
    assert result.code == 2 and "schemas/sample" in result.err
    assert not (tmp_path / "x.jsonl").exists()
