"""Scripts that create tables, as each database's tools write them: columns, comments, keys, and what is told."""

from pathlib import Path

import pytest

from mulu.errors import Unreadable
from mulu.limits import Limits
from mulu.readers import open_bytes
from mulu.readers.relational import HEADINGS

CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "f-sql-ddl"

MYSQL = """
-- MySQL dump 10.13
/*!40101 SET NAMES utf8 */;
CREATE TABLE IF NOT EXISTS `mz`.`t_hyxx` (
  `id` int(11) unsigned NOT NULL AUTO_INCREMENT COMMENT 'it''s 主键; \\'号\\'',  # 说明
  `djrq` date DEFAULT NULL COMMENT "登记日期",
  `key` varchar(20) DEFAULT '' COMMENT '密钥',
  `zt` enum('有效','无效') NOT NULL DEFAULT '有效',
  PRIMARY KEY (`id`),
  KEY `k` (`key`(10))
) ENGINE=InnoDB COMMENT='婚姻登记' PARTITION BY HASH (id);
"""
POSTGRESQL = """
--
-- PostgreSQL database dump
--
\\restrict abc
SET statement_timeout = 0;
CREATE FUNCTION public.f() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  CREATE TABLE no_table (x int);
  RETURN NEW;
END;
$$;
CREATE TABLE public.hyxx (
    id bigint DEFAULT nextval('public.s'::regclass) NOT NULL,
    djrq timestamp(3) without time zone,
    bz character varying(200) DEFAULT '无'::character varying,
    bq text[],
    je numeric(10,2) CHECK (je >= 0),
    qh character(6) REFERENCES public.qh(dm)
);
COMMENT ON TABLE public.hyxx IS '婚姻登记';
COMMENT ON COLUMN public.hyxx.djrq IS '登记日期';
COPY public.hyxx (id, bz) FROM stdin;
1\tCREATE TABLE in data ';
\\.
ALTER TABLE ONLY public.hyxx
    ADD CONSTRAINT hyxx_pkey PRIMARY KEY (id);
"""
ORACLE = """
prompt Creating table HYXX
prompt ===================
create table MZ.HYXX
(
  id   NUMBER(16) not null,
  djrq DATE default sysdate not null,
  mc   VARCHAR2(100 CHAR),
  lj   VARCHAR2(20) default 'C:\\'
)
tablespace USERS
  pctfree 10
  storage (initial 64K minextents 1);
comment on table MZ.HYXX is
'婚姻登记';
comment on column MZ.HYXX.djrq is '登记日期';
alter table MZ.HYXX add constraint PK_HYXX primary key (ID) using index tablespace USERS;
create or replace trigger T_HYXX before insert on MZ.HYXX for each row
begin
  select s.nextval into :new.id from dual;
end;
/
alter table MZ.HYXX add (bz VARCHAR2(200), xh NUMBER);
"""
SQL_SERVER = """
USE [mz]
GO
SET ANSI_NULLS ON
GO
CREATE TABLE [dbo].[hyxx](
	[id] [int] IDENTITY(1,1) NOT NULL,
	[djrq] [datetime] NULL,
	[mc] [nvarchar](max) COLLATE Chinese_PRC_CI_AS NULL,
 CONSTRAINT [PK_hyxx] PRIMARY KEY CLUSTERED ([id] ASC) WITH (PAD_INDEX = OFF) ON [PRIMARY]
) ON [PRIMARY]
GO
INSERT [dbo].[hyxx] ([id]) VALUES (1)
INSERT [dbo].[hyxx] ([id]) VALUES (2)
GO
ALTER TABLE [dbo].[hyxx] ADD  CONSTRAINT [DF_mc]  DEFAULT (N'无') FOR [mc]
GO
EXEC sys.sp_addextendedproperty @name=N'MS_Description', @value=N'登记日期' , @level0type=N'SCHEMA',@level0name=N'dbo',
 @level1type=N'TABLE',@level1name=N'hyxx', @level2type=N'COLUMN',@level2name=N'djrq'
GO
EXEC sp_addextendedproperty 'MS_Description', N'婚姻登记', 'SCHEMA', N'dbo', 'TABLE', N'hyxx'
GO
"""
DAMENG = """
CREATE TABLE "MZ"."HYXX"
(
"ID" BIGINT IDENTITY(1, 1) NOT NULL,
"DJRQ" TIMESTAMP(6),
"MC" VARCHAR(50 CHAR) DEFAULT '无',
NOT CLUSTER PRIMARY KEY("ID"),
CHECK("ID" > 0)) STORAGE(ON "MAIN", CLUSTERBTR) ;
COMMENT ON TABLE "MZ"."HYXX" IS '婚姻登记';
COMMENT ON COLUMN "MZ"."HYXX"."DJRQ" IS '登记日期';
"""


def read(script, name="a.sql", **options):
    return open_bytes(script if isinstance(script, bytes) else script.encode(), name, **options)


def rows(document):
    """Return the rows below the headings as mappings."""
    return [
        {heading: cell for heading, cell in zip(HEADINGS, row.cells, strict=False) if cell is not None}
        for row in document.sheets[0].rows[1:]
    ]


def found(document, heading):
    return [row.get(heading) for row in rows(document)]


@pytest.mark.parametrize(
    ("script", "dbms"),
    [
        (MYSQL, "mysql"),
        (POSTGRESQL, "postgresql"),
        (ORACLE, "oracle"),
        (SQL_SERVER, "sql-server"),
        (DAMENG, "dm"),
    ],
    ids=["mysql", "postgresql", "oracle", "sql-server", "dm"],
)
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_table_column_comment_and_key_of_each_database(script, dbms, ends):
    document = read(script.replace("\n", ends))
    first = rows(document)[0]
    assert document.family == "sql" and first["DBMS"] == dbms
    assert first["TABLE_NAME"].lower() in ("hyxx", "t_hyxx") and first["TABLE_COMMENT"] == "婚姻登记"
    assert first["COLUMN_NAME"].lower() == "id" and first["COLUMN_KEY"] == "PRI"
    assert [row["COLUMN_NAME"].lower() for row in rows(document) if row.get("COLUMN_COMMENT") == "登记日期"] == ["djrq"]
    assert not [notice for notice in document.notices if notice.rule == "statement-not-understood"]


def test_mysql_texts_and_display_widths():
    document = read(MYSQL)
    assert found(document, "COLUMN_COMMENT") == ["it's 主键; '号'", "登记日期", "密钥", None]
    assert found(document, "CHARACTER_MAXIMUM_LENGTH") == [None, None, 20, None]
    assert found(document, "CHECK_CLAUSE")[3] == "'有效','无效'"
    assert found(document, "EXTRA")[0] == "(11) unsigned AUTO_INCREMENT"
    assert "PARTITION BY HASH (id)" in rows(document)[0]["TABLE_OPTIONS"]


def test_postgresql_types_defaults_and_references():
    document = read(POSTGRESQL)
    assert found(document, "DATA_TYPE")[:4] == ["bigint", "timestamp without time zone", "character varying", "text []"]
    assert found(document, "COLUMN_DEFAULT")[2] == "无"
    assert (found(document, "NUMERIC_PRECISION")[4], found(document, "NUMERIC_SCALE")[4]) == (10, 2)
    assert found(document, "CHECK_CLAUSE")[4] == "je >= 0"
    assert found(document, "REFERENCES")[5] == "public.qh(dm)"
    assert [notice.params["statements"] for notice in document.notices] == ["\\ 1, SET 1, CREATE FUNCTION 1, COPY 1"]


def test_oracle_backslashes_added_columns_and_triggers():
    document = read(ORACLE)
    assert found(document, "COLUMN_NAME") == ["id", "djrq", "mc", "lj", "bz", "xh"]
    assert found(document, "COLUMN_DEFAULT")[1:4] == ["sysdate", None, "C:\\"]
    assert found(document, "CHARACTER_MAXIMUM_LENGTH")[2] == 100
    assert document.notices[-1].params["statements"] == "PROMPT 2, CREATE TRIGGER 1"


def test_sql_server_without_semicolons():
    document = read(SQL_SERVER)
    assert found(document, "COLUMN_NAME") == ["id", "djrq", "mc"]
    assert found(document, "COLUMN_DEFAULT")[2] == "无"
    assert found(document, "EXTRA")[0] == "IDENTITY (1,1)" or found(document, "EXTRA")[0] == "IDENTITY(1,1)"


def test_a_finding_points_at_line_and_column():
    document = read(MYSQL)
    key = HEADINGS.index("COLUMN_COMMENT") + 1
    assert str(document.place((0, 4, key))) == "a.sql:7:40"
    assert str(document.place((0, 4, 0))) == "a.sql:7:3"
    assert str(document.place((0, 2, HEADINGS.index("TABLE_COMMENT") + 1))) == "a.sql:11:25"
    # What is not there stands where its column does.
    assert str(document.place((0, 5, key))) == "a.sql:8:3"


def test_a_script_in_gbk_is_read_and_told():
    document = read(ORACLE.encode("gb18030"))
    assert document.encoding == "gb18030" and found(document, "TABLE_COMMENT")[0] == "婚姻登记"
    assert document.notices[0].rule == "encoding-guessed"


def test_a_script_is_told_by_its_content():
    assert read(DAMENG, "导出.txt").family == "sql"
    assert read("a,b\ncreate table,1\n", "a.csv").family == "csv"


@pytest.mark.parametrize(
    "statement",
    [
        "create table b as select * from a",
        "create table b like a",
        "create table b partition of a for values in (1)",
        "alter table elsewhere add column x int",
        "comment on column a.nowhere is '注释'",
        "alter table a add (x int",
        "create table b (",
    ],
)
def test_what_is_not_understood_is_told_where_it_stands(statement):
    document = read(f"create table a (x int);\n  {statement};\ncreate table c (y int);")
    told = [notice for notice in document.notices if notice.rule == "statement-not-understood"]
    assert [str(notice.place) for notice in told] == ["a.sql:2:3"]
    assert [name for name in found(document, "TABLE_NAME") if name] == ["a", "c"]


def test_the_table_after_a_missing_end_is_not_swallowed():
    document = read("create table a (x int,\ncreate table b (y int)\ncreate table c (z int)")
    assert [name for name in found(document, "TABLE_NAME") if name] == ["b", "c"]


def test_a_quote_that_is_never_closed_is_told():
    document = read("create table a (x int);\ninsert into a values ('x);\ncreate table b (y int);")
    assert {notice.rule for notice in document.notices} == {"unclosed-quote", "statements-passed-over"}
    assert found(document, "TABLE_NAME") == ["a", "b"]


@pytest.mark.parametrize(
    "tail",
    [
        "/* create table b (y int);",
        "insert into c values (1 /* * / 2);\ncreate table b (y int);",
        "create table b (y int /*/);\ncreate table c (y int);",
    ],
)
def test_a_comment_that_is_never_closed_hides_the_rest_and_is_told(tail):
    """As databases read it; without the word tables would be missing unseen."""
    document = read(f"create table a (x int);\n{tail}")
    assert [notice.rule for notice in document.notices if notice.rule == "unclosed-quote"] == ["unclosed-quote"]
    assert found(document, "TABLE_NAME") == ["a"]


def test_a_column_may_be_called_like_a_constraint():
    document = read("create table a (key varchar2(20), index number, comment varchar(9) comment '备注', unique (key))")
    assert found(document, "COLUMN_NAME") == ["key", "index", "comment"]
    assert found(document, "COLUMN_KEY") == ["UNI", None, None]


def test_hive_partitions_and_nested_types():
    """What stands in brackets behind a table is not said of it; partitions are columns that stand nowhere else."""
    document = read(
        "create external table if not exists ods.a (id string comment '主键', tags array<string>,\n"
        "ext map<string, struct<x:int, y:string>> comment '扩展') comment '低保对象'\n"
        "partitioned by (dt string comment '分区日期', id string) stored as orc tblproperties ('comment'='无');\n"
        "create table b (x int check (x < 5), y int) partitioned by (y);"
    )
    assert found(document, "COLUMN_NAME") == ["id", "tags", "ext", "dt", "x", "y"]
    assert found(document, "COLUMN_COMMENT") == ["主键", None, "扩展", "分区日期", None, None]
    nested = "map<string, struct<x:int, y:string>>"
    assert found(document, "DATA_TYPE") == ["string", "array<string>", nested, "string", "int", "int"]
    assert [name for name in found(document, "TABLE_COMMENT") if name] == ["低保对象"]
    assert found(document, "TABLE_OPTIONS")[0] == "stored as orc tblproperties ('comment'='无')"
    with_key = read("create table a (x int) primary index (x comment '甲');")
    assert found(with_key, "TABLE_COMMENT") == [None]


def test_types_of_clickhouse():
    """A type in another is that of the column."""
    document = read("create table a (x LowCardinality(Nullable(FixedString(3))), y Nullable(UInt8), z DateTime64(3))")
    assert found(document, "DATA_TYPE") == ["fixedstring", "uint8", "datetime64"]
    assert found(document, "CHARACTER_MAXIMUM_LENGTH") == [3, None, None]
    assert found(document, "IS_NULLABLE") == ["YES", "YES", None]


def test_digits_without_bound():
    """Oracle's `number(*, 2)` has two digits behind the point, and any number in front of it."""
    document = read("create table a (x number(*, 2), y number(*,0), z number(8,2))")
    assert found(document, "NUMERIC_PRECISION") == [None, None, 8] and found(document, "NUMERIC_SCALE") == [2, 0, 2]


def test_a_remark_behind_a_column_is_its_comment():
    """Only in its own line, where nothing else is said of it; rules, hints and separators are none."""
    document = read(
        "create table a (\n  x int, -- 主键\n  y int /*学号*/,\n  z int -- 说明\n); -- 甲\n"
        "create table b (x int comment '有', -- 没有\n y int, -- ------\n z int /*! 5 */, -- \n"
        " w int, v int /*+ x */,\n -- 下\n u int)"
    )
    comments = ["主键", "学号", "说明", "有", None, None, None, None, None]
    assert found(document, "COLUMN_COMMENT") == comments


def test_millions_of_inserts_are_passed_over():
    line = "INSERT INTO `t` VALUES (1, '甲;''乙 -- ', '/* ', 0.5);\n"
    document = read(MYSQL + line * 100_000 + DAMENG.replace('"', "`").replace("ON `MAIN`, ", ""))
    assert len([name for name in found(document, "TABLE_NAME") if name]) == 2
    assert "INSERT 100000" in str(document.notices[-1].params["statements"])


@pytest.mark.parametrize("mark", ["(", "'", '"', "`", "[", "/*", "--", "$$", "\n", ",", "a.", "x int,", "E'\\"])
def test_a_script_of_one_mark_ends(mark):
    document = read("create table a (x int);\ncreate table b (y " + mark * 50_000, limits=Limits(record_bytes=2**22))
    assert found(document, "TABLE_NAME")[0] == "a"


OF_ANY = "create table a (x int);\n"
OF_MYSQL = "create table `a` (x int);\n"
OF_SQL_SERVER = "CREATE TABLE [dbo].[a] ([x] int)\nGO\n"


@pytest.mark.parametrize(
    "script",
    [
        OF_ANY + "CREATE PROCEDURE p AS x;\n" * 50_000,
        OF_ANY + "CREATE TRIGGER t BEFORE INSERT ON a EXECUTE FUNCTION f();\n" * 25_000,
        OF_ANY + "create table b (y " + " ".join(f"$a{number}$" for number in range(50_000)),
        OF_ANY + "create table b (y " + "@" * 250_000,
        OF_SQL_SERVER + "create table b (y " + "[" * 125_000,
        OF_SQL_SERVER + "insert x " + "[\n" * 90_000,
        OF_MYSQL + "create table b (y " + "\\'" * 125_000,
        OF_MYSQL + "insert into x values (" + '\\"' * 125_000,
    ],
    ids=["routines", "triggers", "dollars", "at", "brackets", "open-brackets", "texts", "passed-over"],
)
def test_time_grows_with_the_length_alone(script):
    """Each would take minutes or hours if what lies ahead were sought anew at each place."""
    try:
        assert found(read(script, limits=Limits(notices=2_000_000, nodes=2_000_000)), "TABLE_NAME")[0] == "a"
    except Unreadable as error:
        assert "record_bytes" in str(error)


@pytest.mark.parametrize("script", ["insert x '\\'\\'", "create table b (y '\\' '' \\'"])
def test_a_text_behind_a_quote_that_is_never_closed(script):
    """An empty text is closed all the same, and each other quote is told."""
    document = read(f"{OF_MYSQL}{script}")
    lines = [notice.params["line"] for notice in document.notices if notice.rule == "unclosed-quote"]
    assert lines == [2, 2, 2]


def test_a_delimiter_is_as_short_as_mysql_has_it():
    """A longer one is none, and many different ones are not all taken."""
    document = read(f"DELIMITER {'/' * 16}\n{OF_MYSQL}DELIMITER //\ncreate table b (y int) //\n")
    assert [name for name in found(document, "TABLE_NAME") if name] == ["a", "b"]
    many = "".join(f"DELIMITER a{number}\n" for number in range(50_000))
    assert found(read(OF_ANY + many), "TABLE_NAME") == ["a"]


def test_a_statement_without_end_is_refused_by_the_limit():
    with pytest.raises(Unreadable, match="record_bytes"):
        read("create table a (" + "x int," * 10_000 + ")", limits=Limits(record_bytes=10_000))


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not here")
@pytest.mark.parametrize(
    ("name", "tables"),
    [
        ("KevinLiu2333__Psychology/tableinit.sql", 35),
        ("KevinLiu2333__Psychology/CI_SQLSERVER_INIT__tableinit.sql", 32),
        ("zhoujian319__idatrix-sql/resource_catalog.sql", 35),
        ("zhoujian319__idatrix-sql/quality.sql", 9),
    ],
)
def test_real_dumps_are_read_whole(name, tables):
    document = open_bytes((CORPUS / name).read_bytes(), name)
    assert len([name for name in found(document, "TABLE_NAME") if name]) == tables
    assert not [notice for notice in document.notices if notice.rule == "statement-not-understood"]
