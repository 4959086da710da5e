using System.Text;
using Saltus.Formats;
using Saltus.Tensors;
using Saltus.Tests.Support;

namespace Saltus.Tests.Formats;

public class JsonFieldsTests
{
    private const string Sample = """{"name":"a","n":3,"big":9000000000,"x":0.5,"on":true,"null":null,"inner":{"k":[1,2],"t":["p"],"o":[{"z":1}]}}""";

    [Fact]
    public void Values_are_read_by_type_and_null_counts_as_missing()
    {
        JsonFields fields = JsonFields.Parse(Sample, "cfg.json");
        Assert.Equal("a", fields.GetString("name"));
        Assert.Equal(3, fields.GetPositive("n"));
        Assert.Equal(9_000_000_000, fields.GetInt64("big"));
        Assert.Equal(0.5, fields.GetDouble("x"));
        Assert.Equal(3, fields.GetDouble("n"));
        Assert.True(fields.GetBoolean("on"));
        Assert.False(fields.Has("null"));
        Assert.Equal(7, fields.GetInt32("null", 7));
        Assert.Null(fields.GetString("absent", null));
        Assert.Null(fields.FindObject("absent"));
        JsonFields inner = fields.GetObject("inner");
        Assert.Equal([1, 2], inner.GetInt32s("k"));
        Assert.Equal([1.0, 2.0], inner.GetDoubles("k"));
        Assert.Equal(["p"], inner.GetStrings("t"));
        Assert.Equal(1, inner.GetObjects("o")[0].GetInt32("z"));
        Assert.Equal(["k", "t", "o"], inner.Keys);
    }

    [Fact]
    public void Errors_name_file_key_expected_and_found()
    {
        JsonFields fields = JsonFields.Parse(Sample, "cfg.json");
        Check(JsonFieldError.Missing, "'cfg.json': d_in: expected an integer, found no such key", () => fields.GetInt32("d_in"));
        Check(JsonFieldError.Missing, "'cfg.json': null: expected a string, found null", () => fields.GetString("null"));
        Check(JsonFieldError.WrongType, "'cfg.json': x: expected an integer, found 0.5", () => fields.GetInt32("x", 1));
        Check(JsonFieldError.WrongType, "'cfg.json': big: expected an integer, found 9000000000", () => fields.GetInt32("big"));
        Check(JsonFieldError.WrongType, "'cfg.json': inner: expected true or false, found an object", () => fields.GetBoolean("inner"));
        Check(JsonFieldError.WrongType, "'cfg.json': inner.k: expected a list of strings, found a list of 2", () => fields.GetObject("inner").GetStrings("k"));
        Check(JsonFieldError.Missing, "'cfg.json': inner.o[0].y: expected a string, found no such key", () => fields.GetObject("inner").GetObjects("o")[0].GetString("y"));
        Check(JsonFieldError.InvalidValue, "'cfg.json': n: expected an even number, found 3", () => throw fields.Invalid("n", "an even number"));
        Check(JsonFieldError.NotObject, "'cfg.json': expected a JSON object, found a list of 1", () => JsonFields.Parse("[1]", "cfg.json"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("""{"a":1,"a":2}""")]
    [InlineData("""{"a":NaN}""")]
    [InlineData("{}x")]
    public void What_is_not_json_or_repeats_a_key_is_refused_in_one_line(string text)
    {
        JsonFieldException exception = Assert.Throws<JsonFieldException>(() => JsonFields.Parse(text, "cfg.json"));
        Assert.Equal(JsonFieldError.NotJson, exception.Error);
        Assert.StartsWith("'cfg.json': expected JSON", exception.Message);
        Assert.DoesNotContain('\n', exception.Message);
    }

    [Fact]
    public void Files_are_read_up_to_a_size()
    {
        using TemporaryFolder folder = new();
        File.WriteAllBytes(folder["a.json"], [.. Encoding.UTF8.Preamble, .. "{\"a\":1}"u8]);
        Assert.Equal(1, JsonFields.Read(folder["a.json"]).GetInt32("a"));
        Assert.Equal(JsonFieldError.TooLarge, Assert.Throws<JsonFieldException>(() => JsonFields.Read(folder["a.json"], maxBytes: 5)).Error);
        Assert.Throws<InputException>(() => JsonFields.Read(folder["b.json"]));
        Assert.Throws<InputException>(() => JsonFields.Read(folder.Path));
    }

    [Fact]
    public void Mutated_text_is_read_or_refused_and_nothing_else_happens()
    {
        RandomSource random = new(1, "mutation");
        byte[] alphabet = "{}[]:,\"0123456789.eE-\\ud800nulltrue\xFF"u8.ToArray();
        for (int i = 0; i < 5000; i++)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(Sample);
            for (int change = random.NextInt(6); change >= 0; change--)
            {
                bytes[random.NextInt(bytes.Length)] = alphabet[random.NextInt(alphabet.Length)];
            }

            try
            {
                JsonFields fields = JsonFields.Parse(bytes, "cfg.json");
                foreach (string key in fields.Keys.ToArray())
                {
                    Assert.True(Record.Exception(() => fields.GetString(key)) is null or JsonFieldException);
                    Assert.True(Record.Exception(() => fields.GetInt32s(key)) is null or JsonFieldException);
                    Assert.True(Record.Exception(() => fields.GetDouble(key)) is null or JsonFieldException);
                }
            }
            catch (InputException)
            {
                // Refused, as it may be.
            }
        }
    }

    private static void Check(JsonFieldError error, string message, Action action)
    {
        JsonFieldException exception = Assert.Throws<JsonFieldException>(action);
        Assert.Equal(message, exception.Message);
        Assert.Equal(error, exception.Error);
    }
}
