using System.Text.Json;
using Persistence.Samples.TerminalHost.Serving;

namespace Persistence.Samples.TerminalHost.Requests;

/// <summary>Does what a request asks for.</summary>
/// <param name="server">The server.</param>
/// <param name="fields">The request.</param>
/// <param name="answer">Where the fields of the answer go.</param>
internal delegate void Request(TerminalServer server, RequestFields fields, Utf8JsonWriter answer);
