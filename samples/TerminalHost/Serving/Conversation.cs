using System.Text.Json;
using Persistence.Diagnostics;
using Persistence.Samples.TerminalHost.Requests;

namespace Persistence.Samples.TerminalHost.Serving;

/// <summary>Answers the requests of one client, one after the other, in the order they come: a change is answered once it is as durable as the store's mode promises.</summary>
internal sealed class Conversation(TerminalServer server, Stream input, Stream output)
{
    private const string BadRequest = nameof(BadRequest);

    /// <summary>Runs until the client is gone, or has asked for the end.</summary>
    public void Run()
    {
        LineReader lines = new(input);
        while (TryRead(lines, out byte[]? line))
        {
            if (line is null || line.AsSpan().Trim((byte)' ').IsEmpty)
                continue;
            if (!Answer(line))
                return;
        }
    }

    /// <returns>False at the end. True without a line when there was one that cannot be taken: the client was told.</returns>
    private bool TryRead(LineReader lines, out byte[]? line)
    {
        line = null;
        try
        {
            return (line = lines.Read()) is not null;
        }
        catch (RequestException e)
        {
            return Say(Refuse(default, BadRequest, e.Message));
        }
    }

    /// <returns>Whether the conversation goes on.</returns>
    private bool Answer(byte[] line)
    {
        JsonElement id = default;
        try
        {
            RequestFields fields = RequestFields.Parse(line);
            id = fields.Find("id");
            string name = fields.GetString("request");
            if (name != "close")
                return Say(Carry(name, fields, id));
            Close(id);
            return false;
        }
        catch (RequestException e)
        {
            return Say(Refuse(id, BadRequest, e.Message));
        }
    }

    /// <summary>The answer comes when all is closed.</summary>
    private void Close(JsonElement id)
    {
        using ManualResetEventSlim isTold = new();
        server.Stop(failure =>
        {
            Say(failure is null ? Succeed(id, null) : Refuse(id, failure));
            isTold.Set();
        });
        isTold.Wait();
    }

    private byte[] Carry(string name, RequestFields fields, JsonElement id)
    {
        if (!server.TryEnter())
            return Refuse(id, nameof(StoreError.StoreClosed), "The host is being closed.");
        try
        {
            Request handle = RequestTable.Find(name);
            return Succeed(id, answer => handle(server, fields, answer));
        }
#pragma warning disable CA1031 // Whatever goes wrong with one request, the programs of all the others go on running.
        catch (Exception e)
        {
            return Refuse(id, e);
        }
#pragma warning restore CA1031
        finally
        {
            server.Leave();
        }
    }

    private static byte[] Succeed(JsonElement id, Action<Utf8JsonWriter>? write) => JsonText.LineOf(json =>
    {
        WriteId(json, id);
        write?.Invoke(json);
    });

    private static byte[] Refuse(JsonElement id, Exception e) => e switch
    {
        StoreException store => Refuse(id, store.Error.ToString(), e.Message),
        RequestException => Refuse(id, BadRequest, e.Message),
        // What follows names parameters of our code.
        ArgumentException => Refuse(id, BadRequest, e.Message.Split(" (Parameter", 2)[0]),
        _ => Refuse(id, "InternalError", $"{e.GetType().Name}: {e.Message}"),
    };

    private static byte[] Refuse(JsonElement id, string error, string message) => JsonText.LineOf(json =>
    {
        WriteId(json, id);
        json.WriteString("error", error);
        json.WriteString("message", message);
    });

    private static void WriteId(Utf8JsonWriter json, JsonElement id)
    {
        if (id.ValueKind == JsonValueKind.Undefined)
            return;
        json.WritePropertyName("id");
        id.WriteTo(json);
    }

    /// <returns>False when nobody hears it any more.</returns>
    private bool Say(byte[] line)
    {
        try
        {
            output.Write(line);
            output.Flush();
            return true;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            return false;
        }
    }
}
