using Saltus.Formats;

namespace Saltus.Lm.Activations;

/// <summary>Documents that were tokenized before: a <c>.npy</c> of whole numbers, [documents, tokens], a document a row. Rows that are shorter are padded with a special token, which never counts.</summary>
internal static class TokenDocuments
{
    private const int LongestRow = 1 << 28;

    /// <summary>Reads a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="firstIndex">Index of its first document.</param>
    /// <returns>The documents, without text, read as they are asked for.</returns>
    /// <exception cref="InputException">The file is no such array.</exception>
    public static IEnumerable<Document> Read(string file, int firstIndex)
    {
        using NpyFile opened = NpyFile.Open(file);
        IReadOnlyList<long> shape = opened.Array.Shape;
        if (shape.Count != 2 || !opened.Array.Dtype.IsInteger() || shape[0] > int.MaxValue - firstIndex || shape[1] > LongestRow)
        {
            throw new DocumentException(
                DocumentError.NotTokens, $"'{file}': expected token ids, whole numbers [documents, tokens], found {opened.Array.Description}");
        }

        string title = DocumentFiles.Title(file);
        long[] row = new long[shape[1]];
        for (int document = 0; document < shape[0]; document++)
        {
            opened.ReadInt64(opened.Array, document * shape[1], row);
            yield return new Document(firstIndex + document, string.Empty, Source: null, title) { Tokens = Array.ConvertAll(row, id => Checked(id, file, document)) };
        }
    }

    private static int Checked(long id, string file, int document) => id is >= 0 and <= int.MaxValue
        ? (int)id
        : throw new DocumentException(DocumentError.NotTokens, $"'{file}' row {document}: expected token ids of 0 and more, found {id}");
}
