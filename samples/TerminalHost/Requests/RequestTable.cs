using Persistence.Samples.TerminalHost.Serving;

namespace Persistence.Samples.TerminalHost.Requests;

/// <summary>All requests but "close", by name.</summary>
internal static class RequestTable
{
    private static readonly Dictionary<string, Request> All = new(StringComparer.Ordinal)
    {
        ["health"] = StoreRequests.Health,
        ["checkpoint"] = StoreRequests.TakeCheckpoint,
        ["flush"] = StoreRequests.Flush,
        ["tree"] = StoreRequests.ShowTree,
        ["create-session"] = SessionRequests.Create,
        ["rename-session"] = SessionRequests.Rename,
        ["destroy-session"] = SessionRequests.Destroy,
        ["set-metadata"] = SessionRequests.SetMetadata,
        ["unset-metadata"] = SessionRequests.UnsetMetadata,
        ["set-environment"] = SessionRequests.SetEnvironment,
        ["unset-environment"] = SessionRequests.UnsetEnvironment,
        ["create-window"] = WindowRequests.Create,
        ["rename-window"] = WindowRequests.Rename,
        ["move-window"] = WindowRequests.Move,
        ["select-window"] = WindowRequests.Select,
        ["layout"] = WindowRequests.SetLayout,
        ["destroy-window"] = WindowRequests.Destroy,
        ["create-pane"] = PaneRequests.Create,
        ["configure-pane"] = PaneRequests.Configure,
        ["resize-pane"] = PaneRequests.Resize,
        ["title-pane"] = PaneRequests.SetTitle,
        ["select-pane"] = PaneRequests.Select,
        ["destroy-pane"] = PaneRequests.Destroy,
        ["restart"] = ProgramRequests.Restart,
        ["kill"] = ProgramRequests.Kill,
        ["send"] = ProgramRequests.Send,
        ["read"] = ProgramRequests.Read,
        ["wait"] = ProgramRequests.Wait,
    };

    /// <exception cref="RequestException">There is none of that name.</exception>
    public static Request Find(string name) => All.TryGetValue(name, out Request? request) ? request : throw new RequestException($"There is no request '{name}'. Known: {string.Join(", ", All.Keys)}, close.");
}
