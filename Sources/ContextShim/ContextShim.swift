// Placeholder until the first file of ContextShim lands.
