SwaggerUIBundle({
  url: 'openapi.json',
  dom_id: '#docs',
  deepLinking: true,
  tryItOutEnabled: true,
  // Off, because the online validator would receive a description of this API.
  validatorUrl: null,
});
