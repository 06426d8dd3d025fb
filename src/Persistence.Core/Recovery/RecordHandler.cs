using Persistence.State;

namespace Persistence.Recovery;

/// <summary>Takes one record of a log that is being read.</summary>
internal delegate void RecordHandler(in LogRecord record);
