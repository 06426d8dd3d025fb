using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Persistence.Diagnostics;
using Persistence.KeyValue;
using Persistence.Serialization;
using Xunit;

namespace Persistence.Tests.Serialization;

public sealed class ValueJsonPropertyTests
{
    private static Config Cases(int count) => Config.QuickThrowOnFailure.WithMaxTest(count).WithEndSize(60);

    [Fact]
    public void Any_data_comes_back_the_same_from_its_line() => Check.One(Cases(3000), Prop.ForAll(ValueGenerator.Values, value =>
    {
        StateItemLine.Parse(StateItemLine.Format("key", ValueJsonFormatTests.Encode(value)), out byte[] bytes);
        return ValueAssert.AreSame(value, ValueReader.Read(bytes));
    }));

    [Fact]
    public void Any_data_is_the_same_text_when_it_is_exported_again() => Check.One(Cases(2000), Prop.ForAll(ValueGenerator.Values, value =>
    {
        string json = ValueJsonFormatTests.ToJson(ValueJsonFormatTests.Encode(value));
        return ValueJsonFormatTests.ToJson(ValueJsonFormatTests.FromJson(json)) == json;
    }));

    [Fact]
    public void Any_data_is_one_line_of_valid_JSON() => Check.One(Cases(1000), Prop.ForAll(ValueGenerator.Values, value =>
    {
        string line = StateItemLine.Format("key", ValueJsonFormatTests.Encode(value));
        using JsonDocument document = JsonDocument.Parse(line);
        return !line.Any(character => character is '\n' or '\r' or '\u0085' or '\u2028' or '\u2029' or '\0') && Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(line)) == line;
    }));

    [Fact]
    public void A_line_that_was_damaged_is_another_line_or_a_FormatException() => Check.One(Cases(1500), Prop.ForAll(ValueGenerator.Values, ArbMap.Default.ArbFor<int>(), ArbMap.Default.ArbFor<char>(), (value, place, character) =>
    {
        StringBuilder line = new(StateItemLine.Format("key", ValueJsonFormatTests.Encode(value)));
        int at = (int)((uint)place % (uint)line.Length);
        string damaged = place % 3 == 0 ? line.Remove(at, 1).ToString() : place % 3 == 1 ? line.Insert(at, "\"$[]{}:,0a"[Math.Abs(place) % 10]).ToString() : line.Replace(line[at], character, at, 1).ToString();
        try
        {
            StateItemLine.Parse(damaged, out byte[] bytes);
            ValueReader.Read(bytes);
            return true;
        }
        catch (FormatException)
        {
            return true;
        }
        catch (StoreException e) when (e.Error == StoreError.RecordTooLarge)
        {
            return true;
        }
    }));
}
