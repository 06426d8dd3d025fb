using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Persistence.CrashKit.Terminals.Model;

namespace Persistence.CrashKit.Terminals.Work;

/// <summary>A request to a host, and what follows from it.</summary>
/// <param name="name">Its name.</param>
internal abstract class HostRequest(string name)
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public string Name => name;

    /// <summary>Whether the answer says nothing but that it is done.</summary>
    public virtual bool IsPlain => true;

    /// <summary>Whether it changes the tree.</summary>
    public virtual bool ChangesTree => false;

    /// <summary>The tree after it.</summary>
    /// <exception cref="ModelRefusedException">It has to be refused.</exception>
    public virtual TreeModel ApplyTo(TreeModel tree) => tree;

    /// <summary>It was sent.</summary>
    public virtual void WhenSent(TerminalOracle oracle)
    {
    }

    /// <summary>It was answered, and not by an error.</summary>
    /// <param name="oracle">The oracle.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="after">The tree after it.</param>
    /// <returns>What is wrong with the answer, or null.</returns>
    public virtual string? WhenAnswered(TerminalOracle oracle, JsonElement answer, TreeModel after) => null;

    /// <summary>It was refused, as it had to be or may be.</summary>
    public virtual void WhenRefused(TerminalOracle oracle)
    {
    }

    /// <summary>Whether it may be refused with an error, though nothing is wrong with it.</summary>
    public virtual bool MayFailWith(TerminalOracle oracle, string error) => false;

    /// <summary>Its line.</summary>
    /// <param name="number">Which request of its host it is.</param>
    public byte[] ToLine(long number)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteNumber("id", number);
            json.WriteString("request", name);
            Write(json);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    public override string ToString() => Encoding.UTF8.GetString(ToLine(0));

    protected virtual void Write(Utf8JsonWriter json)
    {
    }
}
