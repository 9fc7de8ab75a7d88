// Placeholder until the first file of DevServer lands.
