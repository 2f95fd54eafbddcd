"""Bounding boxes in one value: what is read as one, and what is none."""

from io import BytesIO
from pathlib import Path

import orjson
import pytest

from mulu.convert.boxes import Box, as_edge, box_as_written, box_of
from mulu.convert.target import open_target
from mulu.convert.values import NotUnderstood
from mulu.standard import load
from mulu.standard.mappings import EDGES

BOX = Box(3.05, 47.97, 7.24, 53.5)
RING = [[3.05, 47.97], [3.05, 53.5], [7.24, 53.5], [7.24, 47.97], [3.05, 47.97]]


@pytest.mark.parametrize(
    "value",
    [
        "POLYGON((3.05 47.97, 7.24 47.97, 7.24 53.5, 3.05 53.5, 3.05 47.97))",
        "polygon ( (3.05 47.97 ,3.05 53.50,7.24 53.5 , 7.24 47.97, 3.05 47.97) )",
        "MULTIPOLYGON (((7.24 53.5, 3.05 53.5, 3.05 47.97, 7.24 47.97, 7.24 53.5)))",
        "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>POLYGON((3.05 47.97,7.24 47.97,7.24 53.5,3.05 53.5,3.05 47.97))",
        "ENVELOPE(3.05, 7.24, 53.5, 47.97)",
        "3.05,47.97,7.24,53.5",
        " 3.05 47.97  7.24 +53.5",
        {"type": "Polygon", "coordinates": [RING]},
        {"type": "MultiPolygon", "coordinates": [[[[x, y, 12.5] for x, y in RING]]]},
        {"bbox": [3.05, 47.97, 7.24, 53.5]},
        {"bbox": [[3.05, 47.97, 7.24, 53.5], [4, 48, 5, 49]]},
        {"bbox": [3.05, 47.97, -10, 7.24, 53.5, 900]},
        orjson.dumps({"type": "Polygon", "coordinates": [RING]}).decode(),
        {
            "@type": "GeographicBoundingBox",
            "westBoundingLongitude": "3.05",
            "southBoundingLatitude": "47.97",
            "eastBoundingLongitude": 7.24,
            "northBoundingLatitude": "53.50",
        },
    ],
)
def test_a_box_is_read_in_each_of_its_notations(value):
    """Whichever corner comes first, and which way round the ring goes."""
    assert box_of(value) == BOX
    assert [as_edge(value, edge) for edge in EDGES] == [*BOX]


@pytest.mark.parametrize(
    "value",
    [
        None,
        "United States",
        "2015-01-01",
        "3,48,7",
        "3,48,7,53,9",
        "47.97,3.05,53.5,190",  # longitudes where latitudes stand
        "3,53,7,48",  # north before south
        "421000 4750000 432000 4761000",  # metres
        "POINT(3 48)",
        "POLYGON((3 48, 7 48, 5 53, 3 48))",
        "POLYGON((3 48, 7 48, 7 53, 3 52, 3 48))",
        "POLYGON((3 48, 7 53, 7 48, 3 53, 3 48))",  # the corners crosswise
        "POLYGON((3 48, 7 48, 7 53, 3 53, 3 49))",  # not closed
        "<http://www.opengis.net/def/crs/EPSG/0/4326> POLYGON((48 3, 48 7, 53 7, 53 3, 48 3))",
        {"westBoundingLongitude": "3", "southBoundingLatitude": "48", "eastBoundingLongitude": "7", "north": ["53"]},
        "{",
        "{}",
        "[" * 100_000,
        "1 " * 100_000,
        [3, 48, 7, 53],
        {"type": "Polygon", "coordinates": [[[-179, 48], [179, 48], [0, 53], [-179, 48]]]},  # over half the earth
        {"type": "Polygon", "coordinates": [[]]},
        {"type": "Polygon", "coordinates": [[["3", "48"]] * 5]},
        {"type": "Polygon", "coordinates": [[[3]] * 5]},
        {"type": "Polygon"},
        {"type": "Point", "coordinates": [3, 48]},
        {"type": "Polygon", "coordinates": [RING], "id": "a feature says more than where it is"},
        {"bbox": None},
        {"bbox": [True, 48, 7, 53]},
        {"bbox": [[3, 48], [7, 53]]},
    ],
)
def test_what_is_no_box_in_degrees_is_not_made_one(value):
    """Nothing is guessed: outlines in WKT, points, other orders and other units are left where they stand."""
    with pytest.raises(NotUnderstood):
        box_of(value)


@pytest.mark.parametrize("form", ["wkt", "geojson", "numbers"])
def test_a_box_is_read_again_as_it_was_written(form):
    """Numbers as small as programs write them, and a point, come back."""
    for box in (BOX, Box(-180, -90, 180, 90), Box(1e-07, -1e-07, 0.5, 0), Box(112.98, 28.2, 112.98, 28.2)):
        text = box_as_written(box, form)
        assert text is not None and box_of(text) == box


def test_a_box_across_the_meridian_of_180_degrees_is_no_polygon():
    """Its polygon would be the rest of the world; four numbers say it."""
    box = Box(179.5, -20, -178.2, -12.5)
    assert box_as_written(box, "wkt") is box_as_written(box, "geojson") is None
    assert box_of(box_as_written(box, "numbers")) == box


@pytest.mark.parametrize("edges", [[None, -90, None, -40], [179, 0, -179, 1]])
def test_a_box_that_cannot_be_written_is_told_as_lost(edges):
    """One without all edges, and one across the meridian: nothing is written for them, and the account says so."""
    names = ("westBoundLongitude", "southBoundLatitude", "eastBoundLongitude", "northBoundLatitude")
    box = {name: edge for name, edge in zip(names, edges, strict=True) if edge is not None}
    entry = {"kind": "resource", "title": "a", "publisher": {"name": "b"}, "spatial": {"boundingBox": box}}
    stream = BytesIO()
    target = open_target(load(), "ckan", Path("out.json"))
    target.add(entry, stream)
    target.finish(stream)
    assert b"spatial" not in stream.getvalue()
    lost = {column.property or key for key, column in target.ledger.columns.items() if column.counts["dropped"]}
    assert len(lost) == target.ledger.counts["dropped"] == len(box)


def test_what_a_box_was_read_from_is_kept_once(tmp_path, convert):
    """The four edges have one original, which stands at the box."""
    path = tmp_path / "data.json"
    record = {"identifier": "a", "title": "T", "accessLevel": "public", "modified": "2024-01-02", "keyword": ["x"]}
    record |= {"publisher": {"name": "Example"}, "spatial": "3.05,47.97,7.24,53.5"}
    path.write_bytes(orjson.dumps({"conformsTo": "https://project-open-data.cio.gov/v1.1/schema", "dataset": [record]}))
    entry = convert(path)[0][0].entry
    assert entry["spatial"]["boundingBox"]["northBoundLatitude"] == 53.5
    said = {at: one for at, one in entry["source"]["original"].items() if at.startswith("/spatial")}
    assert said == {"/spatial/boundingBox": "3.05,47.97,7.24,53.5"}


def test_a_record_of_csw_has_its_corners_and_links(tmp_path, convert):
    """By the URN of EPSG:4326 the latitude comes first, in WGS84BoundingBox the longitude; another system stays."""
    records = (
        '<ows:BoundingBox crs="urn:x-ogc:def:crs:EPSG:6.11:4326"><ows:LowerCorner>47.97 3.05</ows:LowerCorner>'
        "<ows:UpperCorner>53.50 7.24</ows:UpperCorner></ows:BoundingBox>"
        '<dct:references scheme="WWW:DOWNLOAD">https://a.example/x.zip</dct:references>'
        '<dc:URI protocol="OGC:WMS" name="map">https://a.example/wms</dc:URI>',
        "<ows:WGS84BoundingBox><ows:LowerCorner>3.05 47.97</ows:LowerCorner>"
        "<ows:UpperCorner>7.24 53.5</ows:UpperCorner></ows:WGS84BoundingBox>",
        '<ows:BoundingBox crs="urn:ogc:def:crs:EPSG::25832"><ows:LowerCorner>421000 4750000</ows:LowerCorner>'
        "<ows:UpperCorner>432000 4761000</ows:UpperCorner></ows:BoundingBox>",
    )
    path = tmp_path / "records.xml"
    path.write_text(
        '<csw:GetRecordsResponse xmlns:csw="http://www.opengis.net/cat/csw/2.0.2" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dct="http://purl.org/dc/terms/" '
        'xmlns:ows="http://www.opengis.net/ows"><csw:SearchResults>'
        + "".join(
            f"<csw:Record><dc:identifier>{number}</dc:identifier><dc:title>T</dc:title>{record}</csw:Record>"
            for number, record in enumerate(records)
        )
        + "</csw:SearchResults></csw:GetRecordsResponse>"
    )
    one, two, three = (item.entry for item in convert(path)[0])
    assert [*one["spatial"]["boundingBox"].values()] == [*two["spatial"]["boundingBox"].values()] == [*BOX]
    assert one["distribution"] == [
        {"accessURL": "https://a.example/x.zip"},
        {"accessURL": "https://a.example/wms", "title": "map"},
    ]
    assert "spatial" not in three and "ows:BoundingBox" in three["source"]["values"]


@pytest.mark.parametrize(
    ("kind", "coordinates"),
    [
        ("Polygon", [[[3, 48], [7, 49], [5, 53], [3, 48]]]),
        ("Polygon", [[[3, 48], [7, 48], [5, 53], [3, 48]], [[4, 49], [5, 49], [5, 50], [4, 49]]]),
        ("MultiPolygon", [[[[3, 48], [4, 48], [3, 49], [3, 48]]], [[[7, 53], [6, 52], [7, 52], [7, 53]]]]),
    ],
)
def test_an_outline_in_geojson_has_a_box_around_it(kind, coordinates):
    """Holes do not count, and several outlines have one box; as a text it is the same."""
    outline = {"type": kind, "coordinates": coordinates}
    assert box_of(outline) == Box(3, 48, 7, 53)
    assert box_of(orjson.dumps(outline).decode()) == Box(3, 48, 7, 53)
