using System.IO.Compression;
using System.Text;
using Saltus.Lm.Activations;
using Saltus.Tests.Support;

namespace Saltus.Tests.Activations;

public sealed class DocumentReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void A_jsonl_file_gives_text_source_and_title_of_each_line()
    {
        string file = Write("a.jsonl", "{\"text\":\"one\\n\\u00e9\",\"source\":\"s\",\"title\":\"t\"}\n\r\n {\"other\":{\"text\":1},\"text\":\"\"}\r\n{\"title\":3,\"source\":null,\"text\":\"last\"}");
        Document[] expected = [new(0, "one\né", "s", "t"), new(1, string.Empty, null, null), new(2, "last", null, null)];
        Assert.Equal(expected, Read(file));
    }

    [Fact]
    public void A_text_file_is_one_document_and_a_byte_order_mark_is_not_text()
    {
        File.WriteAllText(_folder["story.txt"], "Call me\nIshmael.", Encoding.UTF8);
        Assert.Equal([new Document(0, "Call me\nIshmael.", null, "story")], Read(_folder["story.txt"]));
    }

    [Fact]
    public void A_folder_gives_its_files_in_ordinal_order_and_leaves_out_others()
    {
        Write("b.txt", "bb");
        Write("README.md", "not this");
        Write("B.txt", "BB");
        WriteGzip("a.jsonl.gz", "{\"text\":\"aa\"}\n");
        WriteGzip("c.txt.gz", "cc");
        Assert.Equal(["BB", "aa", "bb", "cc"], Read(_folder.Path).Select(d => d.Text));
        Assert.Equal([0, 1, 2, 3], Read(_folder.Path).Select(d => d.Index));
        Assert.Equal("c", Read(_folder.Path)[3].Title);
    }

    [Fact]
    public void Lines_longer_than_the_buffer_come_whole()
    {
        string text = string.Concat(Enumerable.Repeat("0123456789é", 40_000));
        string file = Write("long.jsonl", $"{{\"text\":\"{text}\"}}\n{{\"text\":\"short\"}}\n{{\"text\":\"{text}\"}}\n");
        Assert.Equal([text, "short", text], Read(file).Select(d => d.Text));
    }

    [Fact]
    public void The_carried_corpus_has_the_documents_that_its_README_counts()
    {
        string corpus = Path.Combine(Fixtures.Repository, "corpus");
        Document[] validation = Read(Path.Combine(corpus, "validation.jsonl.gz"));
        Document[] train = Read(Path.Combine(corpus, "train.jsonl.gz"));
        Assert.Equal((55, 2137), (validation.Length, train.Length));
        Assert.All(validation.Concat(train), d => Assert.True(d.Text.Length > 0 && d.Source is not null && d.Title is not null, $"document {d.Index}"));
    }

    [Theory]
    [InlineData("{\"title\":\"x\"}", DocumentError.NoText, "line 2: field 'text': expected a string, found no such field")]
    [InlineData("{\"text\":null}", DocumentError.NoText, "line 2: field 'text': expected a string, found null")]
    [InlineData("{\"text\":{\"a\":[1]}}", DocumentError.NoText, "line 2: field 'text': expected a string, found an object")]
    [InlineData("[\"text\"]", DocumentError.NotJson, "line 2: expected a JSON object, found a list")]
    [InlineData("{\"text\":\"a\"} {}", DocumentError.NotJson, "line 2: expected one JSON object, found no JSON at byte 13")]
    [InlineData("{\"text\":\"a\"", DocumentError.NotJson, "line 2: expected one JSON object")]
    [InlineData("plain words", DocumentError.NotJson, "line 2: expected one JSON object, found no JSON at byte 0")]
    [InlineData("{\"text\":\"a\",\"text\":\"b\"}", DocumentError.NotJson, "line 2: field 'text': expected it once")]
    [InlineData("{\"text\":\"\\ud800\"}", DocumentError.NotUtf8, "line 2: expected UTF-8 text")]
    public void A_line_that_is_no_document_is_refused_by_file_line_and_field(string line, DocumentError error, string message)
    {
        string file = Write("bad.jsonl", $"{{\"text\":\"good\"}}\n{line}\n{{\"text\":\"good\"}}\n");
        DocumentException exception = Assert.Throws<DocumentException>(() => Read(file));
        Assert.Equal(error, exception.Error);
        Assert.StartsWith($"'{file}' {message}", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }

    [Fact]
    public void Bytes_that_are_not_UTF_8_are_refused_in_lines_and_in_text_files()
    {
        byte[] line = [.. "{\"text\":\""u8, 0xC3, 0x28, .. "\"}\n"u8];
        File.WriteAllBytes(_folder["a.jsonl"], line);
        File.WriteAllBytes(_folder["a.txt"], [.. "abc"u8, 0xFF]);
        Assert.Equal(DocumentError.NotUtf8, Assert.Throws<DocumentException>(() => Read(_folder["a.jsonl"])).Error);
        DocumentException text = Assert.Throws<DocumentException>(() => Read(_folder["a.txt"]));
        Assert.Equal(DocumentError.NotUtf8, text.Error);
        Assert.Contains("at 3", text.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_and_shortened_gzip_is_refused_wherever_it_is_cut()
    {
        string whole = WriteGzip("whole.jsonl.gz", string.Concat(Enumerable.Range(0, 200).Select(i => $"{{\"text\":\"document number {i * 7919}\"}}\n")));
        byte[] bytes = File.ReadAllBytes(whole);
        string damaged = _folder["damaged.jsonl.gz"];
        for (int length = 1; length < bytes.Length; length += 7)
        {
            File.WriteAllBytes(damaged, bytes[..length]);
            DocumentException exception = Assert.Throws<DocumentException>(() => Read(damaged));
            Assert.True(exception.Error == DocumentError.DamagedCompression, $"cut at {length}: {exception.Message}");
        }

        bytes[^6] ^= 1;
        File.WriteAllBytes(damaged, bytes);
        Assert.Equal(DocumentError.DamagedCompression, Assert.Throws<DocumentException>(() => Read(damaged)).Error);
        File.WriteAllText(damaged, "not gzip at all");
        Assert.Equal(DocumentError.DamagedCompression, Assert.Throws<DocumentException>(() => Read(damaged)).Error);
    }

    [Fact]
    public void Paths_that_hold_no_text_are_refused_at_once()
    {
        Write("data.csv", "a,b");
        Assert.Equal(DocumentError.NoFile, Assert.Throws<DocumentException>(() => new DocumentReader(_folder["missing.txt"])).Error);
        Assert.Equal(DocumentError.NoFile, Assert.Throws<DocumentException>(() => new DocumentReader(_folder["data.csv"])).Error);
        Assert.Equal(DocumentError.NoFile, Assert.Throws<DocumentException>(() => new DocumentReader(_folder.Path)).Error);
    }

    [Fact]
    public void Each_pass_has_its_own_order_of_the_same_documents_and_the_same_seed_the_same()
    {
        string file = Write("many.jsonl", string.Concat(Enumerable.Range(0, 100).Select(i => $"{{\"text\":\"{i:000}\"}}\n")));
        DocumentReader reader = new(file);
        int[] Order(long? seed, int pass, long characters) => [.. new DocumentOrder(reader, seed, characters).Pass(pass).Select(d => d.Index)];
        int[] all = [.. Enumerable.Range(0, 100)];
        Assert.Equal(all, Order(null, 3, 1000));
        Assert.Equal(all, Order(5, 0, 1000).Order());
        Assert.NotEqual(all, Order(5, 0, 1000));
        Assert.Equal(Order(5, 1, 1000), Order(5, 1, 1000));
        Assert.NotEqual(Order(5, 0, 1000), Order(5, 1, 1000));
        Assert.NotEqual(Order(5, 0, 1000), Order(6, 0, 1000));

        // Thirty characters at once: ten documents are mixed with one another, never with later ones.
        int[] stretches = Order(5, 0, 30);
        Assert.Equal(all, stretches.Chunk(10).SelectMany(chunk => chunk.Order()));
        Assert.NotEqual(all, stretches);
    }

    public void Dispose() => _folder.Dispose();

    private static Document[] Read(string path) => [.. new DocumentReader(path).Read()];

    private string Write(string name, string content)
    {
        File.WriteAllText(_folder[name], content);
        return _folder[name];
    }

    private string WriteGzip(string name, string content)
    {
        using GZipStream gzip = new(File.Create(_folder[name]), CompressionLevel.Fastest);
        gzip.Write(Encoding.UTF8.GetBytes(content));
        return _folder[name];
    }
}
