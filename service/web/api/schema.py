"""The description of the API (OpenAPI), with what FastAPI does not say by itself."""

from typing import Any, Final

from fastapi import FastAPI

from service.web.errors import MEDIA_TYPE

KEY_SCHEMES: Final = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "The key of TRIPTYCH_API_KEY; a service without one asks for nothing.",
    },
    "password": {
        "type": "http",
        "scheme": "basic",
        "description": "The reviewer's name, with the key as password.",
    },
}
_WITHOUT_KEY: Final = ("/healthz", "/readyz")
_METHODS: Final = frozenset({"get", "put", "post", "delete", "patch"})


class DescribedApp(FastAPI):
    """An application whose errors are described as problem documents, and its key as needed."""

    def openapi(self) -> dict[str, Any]:
        """Return the description."""
        described = self.openapi_schema
        schema = super().openapi()
        if schema is not described:
            _describe_key(schema)
            _describe_problems(schema)
        return schema


def _describe_key(schema: dict[str, Any]) -> None:
    schema["components"]["securitySchemes"] = KEY_SCHEMES
    schema["security"] = [{name: []} for name in KEY_SCHEMES]
    for path in _WITHOUT_KEY:
        for operation in schema["paths"][path].values():
            operation["security"] = []


def _describe_problems(schema: dict[str, Any]) -> None:
    """Give the media type of problem documents to all answers that are one."""
    problems = {
        f"#/components/schemas/{name}"
        for name in schema["components"]["schemas"]
        if name.endswith("Problem")
    }
    for operations in schema["paths"].values():
        for method, operation in operations.items():
            if method in _METHODS:
                for response in operation["responses"].values():
                    content = response.get("content", {})
                    one = content.get("application/json")
                    if one and one["schema"].get("$ref") in problems:
                        content[MEDIA_TYPE] = content.pop("application/json")
