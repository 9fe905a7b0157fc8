"""The JSON Schema of sources.yaml, for editors that complete and check while one types.

Must not: be used for checking; models.py does that, and says more.
"""

from __future__ import annotations

import json

from monitor.config.models import File


def schema_text() -> str:
    """Return the schema as docs/sources.schema.json holds it."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **File.model_json_schema()}
    schema["title"] = "sources.yaml of the news monitor"
    schema["required"] = ["topics", "sources"]
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
