"""Holds reports of ntpsync -j against contrib/ntpsync.schema.json.

usage: schema.py SCHEMA FILE...

Every line of a FILE is the name of a test, a tab and a report.  Beyond what the
schema says, a report here must have no key that the schema does not know, none
twice, and nine decimals wherever seconds are.  Prints what is wrong and where;
exits 1 if anything is, and 2 where there is no validator.
"""

import json
import re
import sys
from decimal import Decimal

try:
    from jsonschema import Draft202012Validator
except ImportError:
    sys.exit(2)

SECONDS = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]{9}")
SHOWN = 50


def decimals(text):
    if not SECONDS.fullmatch(text):
        raise ValueError(f"{text} has not nine decimals")
    return Decimal(text)


def no_number(text):
    raise ValueError(f"{text} is no number of JSON")


def unique(pairs):
    known = dict(pairs)
    if len(known) != len(pairs):
        raise ValueError(f"a key is there twice: {[key for key, _ in pairs]}")
    return known


def parse(line):
    return json.loads(line.decode(), parse_float=decimals,
                      parse_constant=no_number, object_pairs_hook=unique)


class Schema:
    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self.root = json.load(file)
        Draft202012Validator.check_schema(self.root)
        self.validator = Draft202012Validator(self.root)

    def resolve(self, schema):
        while "$ref" in schema and "properties" not in schema:
            name = schema["$ref"].removeprefix("#/$defs/")
            rest = {k: v for k, v in schema.items() if k != "$ref"}
            schema = {**self.root["$defs"][name], **rest}
        return schema

    def strange(self, value, schema, where="$"):
        """What the schema allows, so that keys may be added, but not here."""
        schema = self.resolve(schema)
        if isinstance(value, dict):
            for key, inner in value.items():
                if key in schema.get("properties", {}):
                    yield from self.strange(
                        inner, schema["properties"][key], f"{where}.{key}")
                else:
                    yield f"{where}.{key}: the schema does not know this key"
        elif isinstance(value, list):
            for i, inner in enumerate(value):
                yield from self.strange(
                    inner, schema.get("items", {}), f"{where}[{i}]")
        elif isinstance(value, int) and "number" in schema.get("type", []):
            yield f"{where}: {value} has not nine decimals"

    def wrong(self, report):
        for error in self.validator.iter_errors(report):
            yield f"{error.json_path}: {error.message}"
        yield from self.strange(report, self.root)


def main(path, files):
    schema = Schema(path)
    reports, bad = {}, 0
    for name in files:
        with open(name, "rb") as file:
            for line in file:
                test, _, text = line.rstrip(b"\n").partition(b"\t")
                reports.setdefault(text, test.decode(errors="replace"))
    for text, test in reports.items():
        try:
            faults = list(schema.wrong(parse(text)))
        except ValueError as error:
            faults = [str(error)]
        bad += bool(faults)
        if faults and bad <= SHOWN:
            print(f"{test}:", *(f"  {f:.300}" for f in faults[:9]),
                  f"  in {text.decode(errors='replace'):.1500}", sep="\n")
    print(f"{len(reports)} reports, of which {bad} do not keep to the schema")
    return bad > 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
