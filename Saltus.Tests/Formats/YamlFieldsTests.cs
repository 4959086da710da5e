using Saltus.Formats;
using Saltus.Tests.Support;

namespace Saltus.Tests.Formats;

public class YamlFieldsTests
{
    [Fact]
    public void Mappings_lists_comments_and_quotes_are_read_by_their_way_from_the_root()
    {
        YamlFields fields = Parse("# head\n---\na: 1\nb:\n  c: 'x: y''z' \n  d: \"q\" # note\n  e:\n    f: 2.5e-1\n    g: null\nlist:\n- one\n- two\nafter: true\nempty: {}\n");
        Assert.Equal(1, fields.GetPositive("a"));
        Assert.Equal("x: y'z", fields.GetString("b.c", null));
        Assert.Equal(0.25, fields.GetDouble("b.e.f", 0));
        Assert.False(fields.Has("b.e.g"));
        Assert.Equal("two", fields.GetString("list[1]", null));
        Assert.True(fields.GetBoolean("after", false));
        Assert.Equal("{}", fields.GetString("empty", null));
        Assert.Equal("none", fields.GetString("missing", "none"));
    }

    [Theory]
    [InlineData("a: 1\na: 2\n", 2)]
    [InlineData("a: &x 1\n", 1)]
    [InlineData("a: *x\n", 1)]
    [InlineData("a: |\n  text\n", 1)]
    [InlineData("a: !!int 3\n", 1)]
    [InlineData("a: \"open\n", 1)]
    [InlineData("{a: 1}\n", 1)]
    [InlineData("just words\n", 1)]
    [InlineData("a: 1\n---\nb: 2\n", 2)]
    [InlineData("\ta: 1\n", 1)]
    public void What_is_beyond_simple_YAML_is_refused_by_line(string text, int line)
    {
        SaeFormatException exception = Assert.Throws<SaeFormatException>(() => Parse(text));
        Assert.Contains($"line {line}:", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_of_another_kind_is_refused_by_key()
    {
        YamlFields fields = Parse("a: x\nb: 0\n");
        Assert.Contains("a: expected an integer above 0, found 'x'", Assert.Throws<SaeFormatException>(() => fields.GetPositive("a")).Message);
        Assert.Throws<SaeFormatException>(() => fields.GetPositive("b"));
        Assert.Throws<SaeFormatException>(() => fields.GetDouble("a", 0));
        Assert.Throws<SaeFormatException>(() => fields.GetBoolean("a", false));
        Assert.Contains("found no such key", Assert.Throws<SaeFormatException>(() => fields.GetPositive("c")).Message);
    }

    private static YamlFields Parse(string text)
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["a.yaml"], text);
        return YamlFields.Read(folder["a.yaml"]);
    }
}
