import NNEngine
import NNScript

/// A diagnostic as text in one of the forms a user may ask for.
func render(
  _ diagnostic: Diagnostic, in sources: SourceMap, as format: ErrorFormat, colored: Bool
) -> String {
  diagnostic.message + "\n"
}

func nearest(to word: String, among words: some Sequence<String>) -> String? { nil }

func explanation(of code: DiagnosticCode) -> String { code.rawValue }

func json(_ diagnostic: Diagnostic, in sources: SourceMap) -> JSONValue { .null }
