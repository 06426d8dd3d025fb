namespace Persistence.CrashKit.Simulation;

/// <summary>A simulated run could not go on: all its threads wait, or one failed. The message says which.</summary>
internal sealed class SimulationException(string message) : Exception(message);
