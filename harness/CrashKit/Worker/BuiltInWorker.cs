using System.Runtime.InteropServices;
using System.Text.Json;
using Persistence.Configuration;
using Persistence.CrashKit.Entities.Work;
using Persistence.CrashKit.Oracle;
using Persistence.CrashKit.Protocol;
using Persistence.Diagnostics;
using Persistence.Engine;
using Persistence.Storage;

namespace Persistence.CrashKit.Worker;

/// <summary>
/// The worker process: takes orders on one stream and says what it does on another. When the orders end without <c>stop</c>, the controller is
/// gone, and so is the worker.
/// </summary>
internal sealed class BuiltInWorker
{
    private static readonly string[] Capabilities = ["open", "verify", "run", "do", "pause", "stop", "points"];

    private const int ListClients = 3;

    private readonly WorkerChannel _channel;
    private readonly KillTrigger _trigger;
    private readonly List<IWorkload> _workloads = [];
    private readonly List<EntityWriter> _entities = [];
    private readonly List<IWriterThread> _threads = [];
    private StoreSession? _session;
    private OperationPerformer? _performer;
    private OpenRequest? _request;
    private bool _stopped;

    private BuiltInWorker(Stream output)
    {
        _channel = new WorkerChannel(output);
        _trigger = new KillTrigger(_channel);
    }

    /// <summary>Runs until the end.</summary>
    /// <returns>The process's exit code.</returns>
    public static int Run(Stream orders, Stream output)
    {
        BuiltInWorker worker = new(output);
        // Ctrl+C, the end of a terminal and `timeout` reach every process of a group; when workers end is the controller's business.
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Ignore);
        using PosixSignalRegistration request = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Ignore);
        using PosixSignalRegistration hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Ignore);
        WarmUp.Run();
        worker._channel.WaitForOrders(Capabilities);
        LineSplitter lines = new(worker.Obey);
        byte[] buffer = new byte[WorkerMessageParser.LineBytesMax];
        while (!worker._stopped && orders.Read(buffer) is int read && read > 0)
            lines.Add(buffer.AsSpan(0, read));
        return 0;
    }

    private static void Ignore(PosixSignalContext context) => context.Cancel = true;

    private void Obey(byte[] line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonProperty order = document.RootElement.EnumerateObject().First();
            Obey(order.Name, order.Value);
        }
        catch (Exception e) when (e is StoreException or JsonException or ProtocolException or InvalidOperationException)
        {
            _channel.Error(e is StoreException failure ? $"{failure.Error}: {e.Message}" : e.Message);
        }
    }

    private void Obey(string order, JsonElement body)
    {
        switch (order)
        {
            case "open":
                Open(OpenRequest.Read(body));
                break;
            case "verify":
                Verify(body.TryGetProperty("dir", out JsonElement directory) ? directory.GetString() : null);
                break;
            case "run":
                StartWriters();
                break;
            case "do":
                Do(WorkerMessageParser.ReadIntent(body));
                break;
            case "pause":
                Pause();
                break;
            case "stop":
                Stop();
                break;
            default:
                throw new ProtocolException($"There is no order '{order}'.");
        }
    }

    private void Open(OpenRequest request)
    {
        _request = request;
        _trigger.Arm(request.Kill);
        StoreHost host = StoreHost.ForNewDirectory(request.Directory);
        Func<string, bool, IFileSystem> elsewhere = host.Elsewhere;
        host = host with
        {
            Files = new KillPointFileSystem(host.Files, _trigger),
            Elsewhere = (path, creates) => new KillPointFileSystem(elsewhere(path, creates), _trigger),
        };
        StoreOptions options = StoreProfile.Create(request.ProfileSeed, Enum.Parse<DurabilityMode>(request.Durability, ignoreCase: true), request.Directory);
        if (WorkloadMix.Find(request.Workload) is WorkloadMix mix)
            options = options with { FrameBytesMax = mix.FrameBytesMax };
        _session = StoreSessions.OpenOrCreate(host, options, _trigger);
        _performer = new OperationPerformer(_session, _channel, options.FrameBytesMax);
        _trigger.Enter(WorkerPhase.Waiting);
        Recovery.RecoveryReport report = _session.Store.RecoveryReport;
        _channel.Ready(!report.WasClean, report.Duration.TotalMilliseconds, report.RecordsReplayed);
    }

    private void Verify(string? directory)
    {
        Observation observed = directory is null
            ? StoreSessions.Observe(RequireSession())
            : StoreSessions.ObserveReadOnly(StoreHost.ForDirectory(directory));
        StoreDump.Say(observed, _channel);
    }

    private void StartWriters()
    {
        _ = RequireSession();
        _trigger.Enter(WorkerPhase.Running);
        // After a pause each goes on where it was: no value comes twice.
        for (int writer = _workloads.Count; writer < _request!.Writers; writer++)
            _workloads.Add(Workloads.Create(_request, writer));
        if (_entities.Count == 0)
            _entities.AddRange(EntityWriters.Of(_session!.States, _workloads.Count));
        foreach ((IWorkload workload, EntityWriter entities) in _workloads.Zip(_entities))
            _threads.Add(new WorkloadThread(workload, _performer!, entities));
        if (_request.HasLists)
            AddListClients();
        foreach (IWriterThread thread in _threads)
            thread.Start();
    }

    private void AddListClients()
    {
        for (int client = 0; client < ListClients; client++)
            _threads.Add(new ListClient(_session!, _channel, new Random(Mixer.Fold(Mixer.Combine(Mixer.Combine(_request!.Seed, _request.Epoch), 1000 + client))), _request.Epoch, client));
    }

    private void EndWriters()
    {
        foreach (IWriterThread thread in _threads)
            thread.BeginStop();
        foreach (IWriterThread thread in _threads)
            thread.Join();
        _threads.Clear();
    }

    private void Do(IntentMessage intent)
    {
        RequireSession().Perform(new PlannedOperation(intent.Kind, intent.Writes, intent.Record));
        _channel.Ack(intent.Number);
    }

    /// <summary>With nothing in flight and everything flushed, what the store shows is what it must keep.</summary>
    private void Pause()
    {
        _ = RequireSession();
        EndWriters();
        _performer!.TryPerform(new PlannedOperation(OperationKind.Flush, []));
        _channel.Paused();
    }

    private void Stop()
    {
        EndWriters();
        _session?.Store.Close();
        _channel.Bye();
        _stopped = true;
    }

    private StoreSession RequireSession() => _session ?? throw new ProtocolException("No store is open.");
}
