"""Spreadsheets written by hand, as sound or as broken as a test wants them."""

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

NS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
KINDS = "application/vnd.openxmlformats-officedocument.spreadsheetml"
CONTENT_TYPES = (
    f'<Types xmlns="{PACKAGE}/content-types">'
    + "".join(
        f'<Override PartName="/xl/{part}.xml" ContentType="{KINDS}.{kind}+xml"/>'
        for part, kind in (
            ("workbook", "sheet.main"),
            ("worksheets/sheet1", "worksheet"),
            ("worksheets/sheet2", "worksheet"),
            ("styles", "styles"),
            ("sharedStrings", "sharedStrings"),
        )
    )
    + "</Types>"
)
STYLES = (
    f'<styleSheet {NS}><numFmts><numFmt numFmtId="164" formatCode="[$-409]m/d/yyyy;@"/>'
    '<numFmt numFmtId="165" formatCode="&quot;day &quot;0"/></numFmts>'
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="20"/><xf numFmtId="164"/><xf numFmtId="165"/>'
    "</cellXfs>"
    "</styleSheet>"
)
"""Style 1 is a day, 2 an hour, 3 a day by a code of its own, 4 only looks like one."""


def text_cell(value: str) -> str:
    return f'<c t="inlineStr"><is><t>{escape(value)}</t></is></c>' if value else "<c/>"


def sheet(rows: Sequence[str]) -> str:
    return f"<worksheet {NS}><sheetData>{''.join(f'<row>{row}</row>' for row in rows)}</sheetData></worksheet>"


def workbook(path: Path, sheet_xml: str, **more: str) -> Path:
    """`more` are parts by name, in place of ours: styles, words."""
    parts = {
        "[Content_Types].xml": CONTENT_TYPES,
        "xl/workbook.xml": f'<workbook {NS} xmlns:r="{REL}"><sheets>'
        '<sheet name="Hidden" sheetId="1" state="hidden" r:id="rId9"/><sheet name="List" sheetId="2" r:id="rId1"/>'
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{REL}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId9" Type="{REL}/worksheet" Target="worksheets/sheet2.xml"/></Relationships>',
        "xl/styles.xml": more.get("styles", STYLES),
        "xl/sharedStrings.xml": more.get("words", f"<sst {NS}/>"),
        "xl/worksheets/sheet1.xml": sheet_xml,
        "xl/worksheets/sheet2.xml": sheet([text_cell("of the hidden sheet")]),
    }
    return zipped(path, parts)


def zipped(path: Path, parts: Mapping[str, str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def of_texts(path: Path, rows: Sequence[Sequence[str]]) -> Path:
    return workbook(path, sheet(["".join(map(text_cell, row)) for row in rows]))
