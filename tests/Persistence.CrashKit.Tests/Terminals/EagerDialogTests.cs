using System.Text.Json;
using Persistence.CrashKit.Terminals.Hosts;
using Xunit;

namespace Persistence.CrashKit.Tests.Terminals;

/// <summary>The canary answers in order, and only what it can answer without the host.</summary>
public sealed class EagerDialogTests
{
    [Fact]
    public void Plain_requests_are_answered_before_the_host_has_heard_of_them_and_never_twice()
    {
        ScriptedHost host = new();
        using EagerDialog eager = new(host);
        eager.Send([], isPlain: true);
        Assert.Equal("{}", eager.Receive(TimeSpan.Zero)?.GetRawText());
        eager.Send([], isPlain: false);
        eager.Send([], isPlain: true);
        Assert.Null(eager.Receive(TimeSpan.Zero));
        host.Say("""{"n":1}""", """{"n":2}""", """{"n":3}""");
        Assert.Equal("""{"n":2}""", eager.Receive(TimeSpan.Zero)?.GetRawText());
        Assert.Equal("{}", eager.Receive(TimeSpan.Zero)?.GetRawText());
        Assert.Null(eager.Receive(TimeSpan.Zero));
    }

    [Fact]
    public void What_is_left_when_the_host_is_dead_is_answered_too()
    {
        ScriptedHost host = new();
        using EagerDialog eager = new(host);
        eager.Send([], isPlain: false);
        eager.Send([], isPlain: true);
        eager.Send([], isPlain: false);
        host.Say("""{"n":1}""");
        Assert.Equal(["""{"n":1}""", "{}"], eager.Drain(TimeSpan.Zero).Select(static answer => answer.GetRawText()));
    }

    private sealed class ScriptedHost : IHostDialog
    {
        private readonly Queue<JsonElement> _said = [];

        public int ProcessId => 1;

        public bool WasKilled => true;

        public string HowItEnded => "";

        public int ExitCode => 0;

        public void Say(params string[] lines)
        {
            foreach (string line in lines)
                _said.Enqueue(JsonDocument.Parse(line).RootElement);
        }

        public void Send(byte[] line, bool isPlain)
        {
        }

        public JsonElement? Receive(TimeSpan timeout) => _said.TryDequeue(out JsonElement said) ? said : null;

        public void Kill()
        {
        }

        public void Terminate()
        {
        }

        public bool WaitForExit(TimeSpan timeout) => true;

        public IReadOnlyList<JsonElement> Drain(TimeSpan timeout)
        {
            JsonElement[] left = [.. _said];
            _said.Clear();
            return left;
        }

        public void Dispose()
        {
        }
    }
}
