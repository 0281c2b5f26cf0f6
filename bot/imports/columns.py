"""How a table's columns are found by their names: in any case, with spaces or underscores, in English or Spanish."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from string import ascii_uppercase

SYNONYMS = {
    "number": "phone phone_number telephone mobile mobile_phone cell cell_phone telefono numero numero_de_telefono "
    "celular movil",
    "first_name": "name given_name client_name nombre primer_nombre",
    "language": "preferred_language lang idioma lengua",
    "worker_email": "worker_e_mail email_of_worker correo_del_trabajador correo_de_la_trabajadora",
    "zone": "time_zone timezone zona_horaria zona",
    "shared": "shared_phone phone_is_shared compartido telefono_compartido",
    "external_id": "visit_id case_system_id appointment_id id_de_visita id_externo id_de_la_cita",
    "date": "day visit_date appointment_date fecha dia fecha_de_la_visita fecha_de_la_cita",
    "time": "hour visit_time appointment_time start_time hora hora_de_la_visita hora_de_la_cita",
    "place": "location where office lugar donde oficina",
    "by_phone": "phone_visit call por_telefono llamada",
    "bring": "what_to_bring bring_along traer que_traer",
    "status": "visit_status estado",
}
NAMES = {name: field for field, names in SYNONYMS.items() for name in (field, *names.split())}

NOT_LETTERS = re.compile(r"[^a-z0-9]+")
MAY_BE_REPEATED = re.compile(r"[^\W\d][\w .-]{0,39}")
MANY_DIGITS = re.compile(r"\d{4}")


@dataclass(frozen=True, slots=True)
class Columns:
    """`fields` has the place of each field; `unknown` names columns that are ignored, `twice` what is named twice."""

    fields: dict[str, int]
    unknown: tuple[str, ...]
    twice: tuple[str, ...]


def find_columns(names: Sequence[str], known: Sequence[str]) -> Columns:
    """Of the `known` fields."""
    fields: dict[str, int] = {}
    unknown: list[str] = []
    twice: list[str] = []
    for place, name in enumerate(names):
        field = NAMES.get(plain(name))
        if field is None or field not in known:
            unknown += [_shown(name, place)] if name else []
        elif field in fields:
            twice.append(field)
        else:
            fields[field] = place
    return Columns(fields, tuple(unknown), tuple(twice))


def plain(name: str) -> str:
    """Lower case, no accents, one underscore for whatever stands between the words."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    ascii_ = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return NOT_LETTERS.sub("_", ascii_).strip("_")


def _shown(name: str, place: int) -> str:
    """What may be somebody's number, or is no name at all, is named by the letter above it."""
    if MAY_BE_REPEATED.fullmatch(name) and not MANY_DIGITS.search(name):
        return name
    first, second = divmod(place, len(ascii_uppercase))
    return f"column {ascii_uppercase[first - 1] if first else ''}{ascii_uppercase[second]}"
