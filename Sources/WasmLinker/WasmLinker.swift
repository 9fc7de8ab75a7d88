// Placeholder until the first file of WasmLinker lands.
