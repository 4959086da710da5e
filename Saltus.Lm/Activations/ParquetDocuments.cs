using Parquet;
using Parquet.Schema;

namespace Saltus.Lm.Activations;

/// <summary>The documents of a Parquet file: a column of strings by its name, <c>source</c> and <c>title</c> where there are such columns. One row group is in memory at a time.</summary>
internal static class ParquetDocuments
{
    private static readonly ParquetOptions s_options = new() { TreatByteArrayAsString = true };

    /// <summary>Reads a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="column">The column that holds the text.</param>
    /// <param name="firstIndex">Index of its first document.</param>
    /// <returns>The documents, read as they are asked for.</returns>
    /// <exception cref="DocumentException">The file cannot be read, is damaged, or has no such column.</exception>
    public static IEnumerable<Document> Read(string file, string column, int firstIndex)
    {
        int index = firstIndex;
        using ParquetFile opened = new(file);
        DataField text = opened.Field(column) ?? throw new DocumentException(
            DocumentError.NoText, $"'{file}': expected a column '{column}' of strings, found the columns {opened.Columns()}; name one with --column");
        DataField? source = opened.Field("source");
        DataField? title = opened.Field("title");
        for (int group = 0; group < opened.Groups; group++)
        {
            string?[] texts = opened.Strings(group, text);
            string?[] sources = source is null ? [] : opened.Strings(group, source);
            string?[] titles = title is null ? [] : opened.Strings(group, title);
            for (int row = 0; row < texts.Length; row++)
            {
                string found = texts[row] ?? throw new DocumentException(
                    DocumentError.NoText, $"'{file}' row group {group}, row {row}: column '{column}': expected a string, found null");
                yield return new Document(index++, found, sources.ElementAtOrDefault(row), titles.ElementAtOrDefault(row));
            }
        }
    }

    /// <summary>An open file; whatever its reader throws over damaged bytes becomes one line.</summary>
    private sealed class ParquetFile : IDisposable
    {
        private readonly string _file;
        private readonly FileStream _stream;
        private readonly ParquetReader _reader;

        public ParquetFile(string file)
        {
            _file = file;
            try
            {
                _stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw new DocumentException(DocumentError.Unreadable, $"'{file}': cannot be read: {exception.Message}", exception);
            }

            try
            {
                _reader = Guarded("its footer", () => ParquetReader.CreateAsync(_stream, s_options, leaveStreamOpen: true).GetAwaiter().GetResult());
            }
            catch
            {
                _stream.Dispose();
                throw;
            }
        }

        public int Groups => _reader.RowGroupCount;

        public string Columns() => string.Join(", ", _reader.Schema.Fields.Take(12).Select(field => field.Name));

        /// <summary>A column of plain strings at the top of the table; null where there is none.</summary>
        public DataField? Field(string name) =>
            Array.Find(_reader.Schema.DataFields, field => field.Path.ToString() == name && field.ClrType == typeof(ReadOnlyMemory<char>) && !field.IsArray);

        public string?[] Strings(int group, DataField field) => Guarded($"row group {group}, column '{field.Name}'", () =>
        {
            using ParquetRowGroupReader reader = _reader.OpenRowGroupReader(group);
            string?[] values = new string?[checked((int)reader.RowCount)];
            reader.ReadAsync(field, values.AsMemory()!).AsTask().GetAwaiter().GetResult();
            return values;
        });

        public void Dispose()
        {
            _reader.DisposeAsync().AsTask().GetAwaiter().GetResult();
            _stream.Dispose();
        }

        private T Guarded<T>(string part, Func<T> read)
        {
            try
            {
                return read();
            }
#pragma warning disable CA1031 // a damaged file can end the library's reader with any exception
            catch (Exception exception) when (exception is not OutOfMemoryException)
#pragma warning restore CA1031
            {
                string reason = exception.GetBaseException().Message.ReplaceLineEndings(" ");
                throw new DocumentException(DocumentError.DamagedParquet, $"'{_file}': {part}: expected Parquet, found it damaged or cut short ({reason}); fetch the file again", exception);
            }
        }
    }
}
