using Persistence.CrashKit.Terminals.Model;

namespace Persistence.CrashKit.Terminals.Work;

/// <summary>Draws requests about sessions; null where there is nothing to draw from.</summary>
internal sealed class SessionRequestSource(WorkloadView view)
{
    private const int MetadataKeys = 4;

    public CreateRequest Create()
    {
        int key = view.NewKey();
        string name = TerminalOracle.TokenOf(key);
        return new CreateRequest("create-session", json => json.WriteString("name", name), tree => tree.CreateSession(key, name), "session", key);
    }

    public TreeRequest? Rename() => view.Pick(view.Sessions) is ModelSession session ? Rename(session, view.NewName()) : null;

    public TreeRequest Rename(ModelSession session, string name) =>
        RequestJson.Change("rename-session", tree => tree.RenameSession(session.Key, name), ("session", view.IdOf(session)), ("name", name));

    public TreeRequest? Destroy() => view.Tree.Sessions.Count > TerminalWorkload.Sessions && view.Pick(view.Sessions) is ModelSession session
        ? RequestJson.Change("destroy-session", tree => tree.DestroySession(session.Key), ("session", view.IdOf(session)))
        : null;

    public TreeRequest? SetMetadata()
    {
        if (view.Pick(view.Sessions) is not ModelSession session)
            return null;
        (string key, string value) = (DrawKey(), view.NewName());
        return RequestJson.Change("set-metadata", tree => tree.SetMetadata(session.Key, key, value), ("session", view.IdOf(session)), ("key", key), ("value", value));
    }

    public TreeRequest? UnsetMetadata()
    {
        if (view.Pick(view.Sessions) is not ModelSession session)
            return null;
        string key = DrawKey();
        return RequestJson.Change("unset-metadata", tree => tree.UnsetMetadata(session.Key, key), ("session", view.IdOf(session)), ("key", key));
    }

    public TreeRequest? SetEnvironment()
    {
        if (view.Pick(view.Sessions) is not ModelSession session)
            return null;
        string name = DrawVariable();
        string? value = view.IsOneIn(4) ? null : view.NewName();
        string text = value is null ? VariableText.Removed : name == HostVariables.Secret ? VariableText.Withheld : VariableText.Set(value);
        return RequestJson.Change("set-environment", tree => tree.SetEnvironment(session.Key, name, text), ("session", view.IdOf(session)), ("name", name), ("value", value));
    }

    public TreeRequest? UnsetEnvironment()
    {
        if (view.Pick(view.Sessions) is not ModelSession session)
            return null;
        string name = DrawVariable();
        return RequestJson.Change("unset-environment", tree => tree.UnsetEnvironment(session.Key, name), ("session", view.IdOf(session)), ("name", name));
    }

    private string DrawKey() => $"key {view.Random.Next(MetadataKeys)}";

    private string DrawVariable() => view.Pick(HostVariables.Names)!;
}
