extension DiagnosticCode { var explanation: String { "" } }
