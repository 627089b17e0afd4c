// Shows the API's documentation; Swagger UI's own files come from an installed package.
window.SwaggerUIBundle({ url: "/openapi.json", dom_id: "#docs", validatorUrl: null });
