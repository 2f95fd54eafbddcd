"""What catalogs call themes, categories or groups is a classification, whatever the format calls it."""

import json

import pytest

CASES = [
    (
        "dcat-us-1.1",
        {
            "conformsTo": "https://project-open-data.cio.gov/v1.1/schema",
            "dataset": [
                {
                    "identifier": "a",
                    "title": "T",
                    "accessLevel": "public",
                    "modified": "2024-01-02",
                    "keyword": ["x"],
                    "publisher": {"name": "P"},
                    "theme": ["Roads", "Sky"],
                }
            ],
        },
        ["Roads", "Sky"],
    ),
    (
        "ckan",
        {
            "success": True,
            "result": {
                "id": "1",
                "name": "a",
                "title": "T",
                "notes": "n",
                "type": "dataset",
                "metadata_modified": "2024-01-02",
                "resources": [{"url": "https://a.example/x.csv"}],
                "groups": [{"name": "roads", "title": "Roads", "display_name": "Roads"}, {"name": "sky"}],
            },
        },
        ["Roads"],
    ),
    (
        "socrata",
        {
            "id": "abcd-1234",
            "name": "T",
            "viewType": "tabular",
            "displayType": "table",
            "publicationStage": "published",
            "viewCount": 1,
            "category": "Roads",
            "metadata": {"custom_fields": {"About": {"Frequency": "Daily"}}},
        },
        ["Roads"],
    ),
]


@pytest.mark.parametrize(("name", "content", "classes"), CASES, ids=[name for name, *_ in CASES])
def test_a_theme_is_a_class(name, content, classes, tmp_path, convert):
    """Its name stands there, in a scheme of the place's own."""
    path = tmp_path / "catalog.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    made, source = convert(path)
    assert source.format == name
    assert made[0].entry["classification"] == [{"scheme": "local", "name": one} for one in classes]
    if name == "socrata":
        assert made[0].entry["accrualPeriodicity"] == "daily"
