// Placeholder until the first file of PythonRuntime lands.
