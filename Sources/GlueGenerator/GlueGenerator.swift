// Placeholder until the first file of GlueGenerator lands.
