using Saltus.Formats;
using Saltus.Tests.Support;

namespace Saltus.Tests.Formats;

public class AtomicFileTests
{
    [Fact]
    public void Text_json_and_bytes_are_written_whole_and_replace_what_was_there()
    {
        using TemporaryFolder folder = new();
        string path = folder["deeper/a.txt"];
        AtomicFile.WriteText(path, "first, and longer than the second");
        AtomicFile.WriteText(path, "é\n");
        Assert.Equal([0xC3, 0xA9, 0x0A], File.ReadAllBytes(path));
        AtomicFile.WriteJson(path, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("name", "<é>");
            writer.WriteEndObject();
        });
        Assert.Equal("{\n  \"name\": \"<é>\"\n}\n", File.ReadAllText(path));
        Assert.Equal([path], Directory.EnumerateFileSystemEntries(folder["deeper"]));
    }

    [Fact]
    public void What_a_writer_throws_passes_through_and_leaves_nothing()
    {
        using TemporaryFolder folder = new();
        Assert.Throws<NotSupportedException>(() => AtomicFile.Write(folder["a"], stream =>
        {
            stream.WriteByte(1);
            throw new NotSupportedException();
        }));
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void A_target_that_cannot_be_a_file_is_one_line_and_leaves_nothing()
    {
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder["a"]);
        File.WriteAllText(folder["b"], "a file");
        foreach (string path in new[] { folder["a"], folder["b/c"] })
        {
            InputException exception = Assert.Throws<InputException>(() => AtomicFile.WriteText(path, "text"));
            Assert.StartsWith($"'{path}': cannot be written: ", exception.Message);
            Assert.DoesNotContain('\n', exception.Message);
        }

        Assert.Equal(2, Directory.EnumerateFileSystemEntries(folder.Path).Count());
    }

    [Fact]
    public void A_folder_is_written_whole_and_replaced_whole()
    {
        using TemporaryFolder folder = new();
        Write("1", "a", "b");
        Write("2", "a", "b", "c");
        Assert.Equal("2", File.ReadAllText(folder["sae/a"]));
        Assert.Equal(3, Directory.EnumerateFiles(folder["sae"]).Count());
        Assert.Single(Directory.EnumerateFileSystemEntries(folder.Path));

        InputException exception = Assert.Throws<InputException>(() => Write("3", "a"));
        Assert.Contains("found 'b' in it", exception.Message);
        Assert.Throws<InputException>(() => AtomicFolder.Write(folder["sae"], _ => throw new IOException("disk")));
        Assert.Equal("2", File.ReadAllText(folder["sae/a"]));
        Assert.Single(Directory.EnumerateFileSystemEntries(folder.Path));

        void Write(string content, params string[] names) => AtomicFolder.Write(folder["sae"], inside =>
        {
            foreach (string name in names)
            {
                AtomicFile.WriteText(Path.Combine(inside, name), content);
            }
        });
    }
}
