using System.Text;

namespace PersistenceModule;

/// <summary>Text of files: UTF-8; a byte order mark is heeded and not text.</summary>
internal static class FileText
{
    public static byte[] Encode(string text) => Encoding.UTF8.GetBytes(text);

    public static string? Decode(byte[]? content)
    {
        if (content is null)
            return null;
        using StreamReader reader = new(new MemoryStream(content));
        return reader.ReadToEnd();
    }
}
