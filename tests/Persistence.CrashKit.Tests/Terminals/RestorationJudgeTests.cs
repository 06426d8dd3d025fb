using System.Text.Json;
using System.Text.Json.Nodes;
using Persistence.CrashKit.Terminals.Work;
using Persistence.Terminals;
using Persistence.Tests;
using Xunit;

namespace Persistence.CrashKit.Tests.Terminals;

public sealed class RestorationJudgeTests
{
    private static readonly TerminalSession Session = new() { Id = new SessionId(1), Name = "work", Created = DateTimeOffset.UnixEpoch };

    [Fact]
    public void A_pane_that_is_restored_as_it_was_is_right()
    {
        using TestDirectory directory = new();
        Assert.Null(FindWrong(Told(directory.Path), Found(directory.Path)));
    }

    [Theory]
    [InlineData("found", "Detached")]
    [InlineData("session", "other")]
    [InlineData("spawned", false)]
    [InlineData("error", "PtySpawnFailed")]
    [InlineData("command", "/bin/other")]
    [InlineData("restore_command", true)]
    [InlineData("directory", "/")]
    [InlineData("directory_restored", false)]
    [InlineData("environment_restored", false)]
    [InlineData("exit_code", 1)]
    public void What_is_told_wrong_is_found(string name, object value)
    {
        using TestDirectory directory = new();
        JsonObject told = Told(directory.Path);
        told[name] = JsonValue.Create(value);
        Assert.NotNull(FindWrong(told, Found(directory.Path)));
    }

    [Fact]
    public void A_directory_that_is_gone_needs_another_one_and_a_warning()
    {
        using TestDirectory directory = new();
        string gone = directory.Combine("gone");
        JsonObject told = Told(directory.Path);
        told["directory_restored"] = false;
        Assert.NotNull(FindWrong(told, Found(gone)));
        told["warning"] = "It is gone.";
        Assert.Null(FindWrong(told, Found(gone)));
        told["directory_restored"] = true;
        Assert.NotNull(FindWrong(told, Found(gone)));
    }

    [Fact]
    public void Secrets_are_listed_by_name()
    {
        using TestDirectory directory = new();
        TerminalPane found = Found(directory.Path);
        found = found with { Configuration = found.Configuration with { Environment = [EnvironmentEntry.Withhold("API_TOKEN")] } };
        JsonObject told = Told(directory.Path);
        Assert.NotNull(FindWrong(told, found));
        told["withheld"] = new JsonArray("API_TOKEN");
        told["environment_restored"] = false;
        told["warning"] = "It did not get API_TOKEN.";
        Assert.Null(FindWrong(told, found));
    }

    [Fact]
    public void A_pane_that_had_exited_stays_so()
    {
        using TestDirectory directory = new();
        TerminalPane found = Found(directory.Path) with { State = PaneState.Exited(7, 0, null) };
        JsonObject told = Told(directory.Path);
        told["found"] = "Exited";
        Assert.NotNull(FindWrong(told, found));
        (told["attempted"], told["spawned"], told["exit_code"]) = (false, false, 7);
        Assert.Null(FindWrong(told, found));
        told["exit_code"] = 8;
        Assert.NotNull(FindWrong(told, found));
    }

    private static string? FindWrong(JsonObject told, TerminalPane found)
    {
        using JsonDocument document = JsonDocument.Parse(told.ToJsonString());
        return RestorationJudge.FindWrong(document.RootElement, found, Session);
    }

    private static TerminalPane Found(string directory) => new()
    {
        Id = new PaneId(1),
        Window = new WindowId(1),
        Created = DateTimeOffset.UnixEpoch,
        StateChanged = DateTimeOffset.UnixEpoch,
        Size = TerminalSize.Default,
        Configuration = new PaneConfiguration { Command = "/bin/sh", WorkingDirectory = directory },
        State = PaneState.Running(TerminalStory.ProcessOf(1)),
    };

    private static JsonObject Told(string directory) => new()
    {
        ["pane"] = 1,
        ["found"] = "Running",
        ["session"] = "work",
        ["attempted"] = true,
        ["spawned"] = true,
        ["error"] = null,
        ["command"] = "/bin/sh",
        ["restore_command"] = false,
        ["exit_code"] = null,
        ["directory"] = directory,
        ["directory_restored"] = true,
        ["environment_restored"] = true,
        ["withheld"] = new JsonArray(),
        ["warning"] = null,
    };
}
