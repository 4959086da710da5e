using Saltus.Formats;
using Saltus.Lm.Activations;
using Saltus.Tests.Support;

namespace Saltus.Tests.Activations;

/// <summary>Text behind other compressions, in tables, and as token ids; the files under Golden/documents were made by other programs.</summary>
public sealed class DocumentFormatsTests : IDisposable
{
    private static readonly string s_golden = Path.Combine(Fixtures.Repository, "Saltus.Tests", "Golden", "documents");
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Zstandard_is_inflated_and_found_damaged_wherever_it_is_cut()
    {
        string file = Path.Combine(s_golden, "three.jsonl.zst");
        Assert.Equal(["one\né", string.Empty, "last"], new DocumentReader(file).Read().Select(document => document.Text));
        byte[] bytes = File.ReadAllBytes(file);
        string damaged = _folder["damaged.jsonl.zst"];
        for (int length = 1; length < bytes.Length; length++)
        {
            File.WriteAllBytes(damaged, bytes[..length]);
            DocumentException exception = Assert.Throws<DocumentException>(() => new DocumentReader(damaged).Read().Count());
            Assert.True(exception.Error == DocumentError.DamagedCompression, $"cut at {length}: {exception.Message}");
        }

        bytes[^6] ^= 1;
        File.WriteAllBytes(damaged, bytes);
        Assert.Equal(DocumentError.DamagedCompression, Assert.Throws<DocumentException>(() => new DocumentReader(damaged).Read().Count()).Error);
    }

    [Fact]
    public void A_table_gives_a_document_a_row_over_all_its_row_groups()
    {
        string[] files = [.. Directory.EnumerateFiles(s_golden, "*.parquet").Order(StringComparer.Ordinal)];
        Assert.Equal(4, files.Length);
        foreach (string file in files)
        {
            Document[] expected =
            [
                new(0, "one\né", "s", "a"), new(1, string.Empty, null, "b"), new(2, "three 😀", "s", "c"), new(3, "one\né", null, "d"), new(4, "last", "t", "e"),
            ];
            Assert.Equal(expected, new DocumentReader(file).Read());
            Assert.Equal(["c0", "c1", "c2", "c3", "c4"], new DocumentReader(file) { Column = "content" }.Read().Select(document => document.Text));
        }
    }

    [Fact]
    public void A_table_without_the_column_with_holes_in_it_or_damaged_is_refused_by_name()
    {
        string file = Path.Combine(s_golden, "snappy.parquet");
        Refused(file, "missing", DocumentError.NoText, "'missing'", "text, source, title, content, holes, number", "--column");
        Refused(file, "number", DocumentError.NoText, "'number'");
        Refused(file, "holes", DocumentError.NoText, "row group 0, row 1", "'holes'", "null");
        byte[] bytes = File.ReadAllBytes(file);
        string damaged = _folder["damaged.parquet"];
        for (int length = 0; length < bytes.Length; length += 17)
        {
            File.WriteAllBytes(damaged, bytes[..length]);
            Refused(damaged, "text", DocumentError.DamagedParquet, damaged);
        }
    }

    [Fact]
    public void Rows_of_token_ids_are_documents_and_a_BOS_in_front_of_them_is_not_doubled()
    {
        string file = _folder["tokens.npy"];
        Write(file, [3, 6], [2, 5, 6, 7, 8, 1, 9, 8, 7, 6, 5, 4, 2, 3, 1, 1, 1, 1]);
        TokenWindows windows = new(new DocumentReader(file), new WindowCutter(4, 2, new HashSet<int> { 1, 2 }), (_, _) => Assert.Fail("tokens are not tokenized"));
        TokenWindow[] cut = [.. windows.Pass()];
        Assert.Equal(["2 5 6 7", "2 8 1", "2 9 8 7", "2 6 5 4", "2 3 1 1", "2 1 1"], cut.Select(window => string.Join(' ', window.Ids)));
        Assert.Equal([0, 0, 1, 1, 2, 2], cut.Select(window => window.Document));
        Assert.Equal([3, 1, 3, 3, 1, 0], cut.Select(window => window.CountedTokens));
    }

    [Fact]
    public void Arrays_that_are_no_token_ids_are_refused()
    {
        string file = _folder["bad.npy"];
        Write(file, [4], [1, 2, 3, 4]);
        Refused(file, "text", DocumentError.NotTokens, "[documents, tokens]", "[4]");
        Write(file, [1, 2], [1, -2]);
        Refused(file, "text", DocumentError.NotTokens, "row 0", "-2");
        using Saltus.Tensors.Matrix floats = new(1, 2);
        NpyWriter.Write(file, floats);
        Refused(file, "text", DocumentError.NotTokens, "F32");
    }

    [Fact]
    public void A_folder_may_mix_all_kinds()
    {
        File.Copy(Path.Combine(s_golden, "plain.parquet"), _folder["b.parquet"]);
        File.Copy(Path.Combine(s_golden, "three.jsonl.zst"), _folder["a.jsonl.zst"]);
        Write(_folder["c.npy"], [1, 2], [1, 2]);
        File.WriteAllText(_folder["d.parquet.gz"], "no such kind");
        Document[] documents = [.. new DocumentReader(_folder.Path).Read()];
        Assert.Equal(Enumerable.Range(0, 9), documents.Select(document => document.Index));
        Assert.Equal([1, 2], documents[8].Tokens!.Value.ToArray());
    }

    [Theory]
    [InlineData("part-00002-of-00003/activations-00000.safetensors", 3, true)]
    [InlineData("part-00004-of-00003/activations-00000.safetensors", 3, false)]
    [InlineData("part-00000-of-00003/activations-00000.safetensors", 3, false)]
    [InlineData("part-2-of-3/activations-00000.safetensors", 3, false)]
    [InlineData("part-00002-of-00003/..", 3, false)]
    [InlineData("part-00002-of-00003/a/b", 3, false)]
    [InlineData("../activations-00000.safetensors", 3, false)]
    [InlineData("activations-00000.safetensors", int.MaxValue, false)]
    [InlineData("part--0002-of-00003/x", int.MaxValue, false)]
    public void A_shard_of_a_part_is_known_by_its_name_however_many_parts_a_file_claims(string file, int of, bool isShard) =>
        Assert.Equal(isShard, ActivationStoreParts.IsShardOfPart(file, of));

    [Fact]
    public void Parts_share_out_all_documents_and_all_vectors()
    {
        string file = Path.Combine(s_golden, "plain.parquet");
        List<int> all = [];
        long vectors = 0;
        for (int number = 1; number <= 3; number++)
        {
            DocumentPart part = DocumentPart.Parse($"{number}/3")!;
            all.AddRange(new DocumentReader(file) { Part = part }.Read().Select(document => document.Index));
            vectors += part.Share(1000);
        }

        Assert.Equal([0, 3, 1, 4, 2], all);
        Assert.Equal(1000, vectors);
        Assert.All(new[] { "0/3", "4/3", "3", "a/b", "1/2/3", "1/100000", "", "-1/3" }, text => Assert.Null(DocumentPart.Parse(text)));
    }

    /// <summary>Writes whole numbers as NumPy's int32: little-endian, row-major, version 1.0.</summary>
    private static void Write(string path, int[] shape, int[] values)
    {
        string header = $"{{'descr': '<i4', 'fortran_order': False, 'shape': ({string.Join(", ", shape)},), }}".PadRight(117) + "\n";
        using BinaryWriter writer = new(File.Create(path));
        writer.Write([0x93, .. "NUMPY"u8, 1, 0]);
        writer.Write((short)header.Length);
        writer.Write(System.Text.Encoding.ASCII.GetBytes(header));
        Array.ForEach(values, writer.Write);
    }

    private static void Refused(string file, string column, DocumentError error, params string[] words)
    {
        DocumentException exception = Assert.Throws<DocumentException>(() => new DocumentReader(file) { Column = column }.Read().Count());
        Assert.True(exception.Error == error, exception.Message);
        Assert.StartsWith($"'{file}'", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
        Assert.All(words, word => Assert.Contains(word, exception.Message, StringComparison.Ordinal));
    }
}
