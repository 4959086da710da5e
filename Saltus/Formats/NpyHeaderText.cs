using System.Globalization;
using System.Text;

namespace Saltus.Formats;

/// <summary>Parses the one form of Python literal that a .npy header may be: {'descr': '…', 'fortran_order': True, 'shape': (3, 4)}.</summary>
internal sealed class NpyHeaderText
{
    private readonly string _source;
    private readonly string _text;
    private int _position;

    private NpyHeaderText(string text, string source)
    {
        _text = text;
        _source = source;
    }

    /// <exception cref="NpyFormatException">The text is anything else.</exception>
    public static NpyHeader Parse(ReadOnlySpan<byte> text, int dataStart, string source)
    {
        NpyHeaderText parser = new(Encoding.Latin1.GetString(text), source);
        string? descr = null;
        bool? fortran = null;
        long[]? shape = null;
        parser.Expect('{');
        while (!parser.Accept('}'))
        {
            string key = parser.ParseString();
            parser.Expect(':');
            switch (key)
            {
                case "descr" when descr is null:
                    descr = parser.ParseString();
                    break;
                case "fortran_order" when fortran is null:
                    fortran = parser.ParseBoolean();
                    break;
                case "shape" when shape is null:
                    shape = parser.ParseShape();
                    break;
                default:
                    throw parser.Fail("the keys descr, fortran_order and shape, once each");
            }

            if (!parser.Accept(','))
            {
                parser.Expect('}');
                break;
            }
        }

        if (!string.IsNullOrWhiteSpace(parser._text[parser._position..]))
        {
            throw parser.Fail("nothing after the dictionary");
        }

        if (descr is null || fortran is null || shape is null)
        {
            throw new NpyFormatException(NpyError.HeaderInvalid, $"'{source}': header: expected descr, fortran_order and shape, found one of them missing");
        }

        (TensorDtype dtype, bool isBigEndian) = ParseDescr(descr, source);
        return new NpyHeader(dtype, isBigEndian, fortran.Value, shape, dataStart, Size(dtype, shape, source));
    }

    private static (TensorDtype Dtype, bool IsBigEndian) ParseDescr(string descr, string source)
    {
        bool hasOrder = descr.Length > 0 && descr[0] is '<' or '>' or '|' or '=';
        TensorDtype? dtype = (hasOrder ? descr[1..] : descr) switch
        {
            "b1" => TensorDtype.Bool,
            "i1" => TensorDtype.I8,
            "u1" => TensorDtype.U8,
            "i2" => TensorDtype.I16,
            "u2" => TensorDtype.U16,
            "f2" => TensorDtype.F16,
            "i4" => TensorDtype.I32,
            "u4" => TensorDtype.U32,
            "f4" => TensorDtype.F32,
            "i8" => TensorDtype.I64,
            "u8" => TensorDtype.U64,
            "f8" => TensorDtype.F64,
            _ => null,
        };
        return dtype is not null
            ? (dtype.Value, descr[0] == '>')
            : throw new NpyFormatException(
                NpyError.DtypeUnsupported,
                $"'{source}': descr: expected plain numbers such as '<f4', found '{descr.ReplaceLineEndings(" ")}'; save the array as float32");
    }

    private static long Size(TensorDtype dtype, long[] shape, string source)
    {
        Int128 size = dtype.ByteSize();
        foreach (long dimension in shape)
        {
            // Below 2^63 before, so below 2^126 after: cannot overflow.
            size *= dimension;
            if (size > long.MaxValue)
            {
                throw new NpyFormatException(NpyError.ShapeTooLarge, $"'{source}': shape {TensorInfo.DescribeShape(shape)} is beyond 2^63 bytes");
            }
        }

        return (long)size;
    }

    private NpyFormatException Fail(string expected)
    {
        const int Shown = 20;
        string rest = _text[Math.Min(_position, _text.Length)..].Trim();
        string found = rest.Length > Shown ? rest[..Shown] + "…" : rest;
        return new NpyFormatException(
            NpyError.HeaderInvalid,
            $"'{_source}': header: expected {expected} at character {_position}, found '{found.ReplaceLineEndings(" ")}'");
    }

    private void SkipBlanks()
    {
        while (_position < _text.Length && _text[_position] is ' ' or '\t' or '\n' or '\r')
        {
            _position++;
        }
    }

    private bool Accept(char symbol)
    {
        SkipBlanks();
        bool found = _position < _text.Length && _text[_position] == symbol;
        _position += found ? 1 : 0;
        return found;
    }

    private bool Accept(string word)
    {
        SkipBlanks();
        bool found = _text.AsSpan(_position).StartsWith(word, StringComparison.Ordinal);
        _position += found ? word.Length : 0;
        return found;
    }

    private void Expect(char symbol)
    {
        if (!Accept(symbol))
        {
            throw Fail($"'{symbol}'");
        }
    }

    private string ParseString()
    {
        SkipBlanks();
        char quote = _position < _text.Length ? _text[_position] : ' ';
        int end = quote is '\'' or '"' ? _text.IndexOf(quote, _position + 1) : -1;
        if (end < 0)
        {
            throw Fail("a quoted word (a list here is a structured array: save one plain field)");
        }

        string value = _text[(_position + 1)..end];
        if (value.Contains('\\', StringComparison.Ordinal))
        {
            throw Fail("a quoted word without escapes");
        }

        _position = end + 1;
        return value;
    }

    private bool ParseBoolean() => Accept("True") || (Accept("False") ? false : throw Fail("True or False"));

    private long[] ParseShape()
    {
        Expect('(');
        List<long> shape = [];
        while (!Accept(')'))
        {
            SkipBlanks();
            int start = _position;
            while (_position < _text.Length && char.IsAsciiDigit(_text[_position]))
            {
                _position++;
            }

            if (!long.TryParse(_text.AsSpan(start, _position - start), NumberStyles.None, CultureInfo.InvariantCulture, out long size))
            {
                _position = start;
                throw Fail("an integer from 0 to 2^63 − 1");
            }

            shape.Add(size);
            if (shape.Count > NpyLimits.MaxRank)
            {
                throw new NpyFormatException(NpyError.ShapeTooLarge, $"'{_source}': shape: expected at most {NpyLimits.MaxRank} dimensions, found more");
            }

            if (!Accept(','))
            {
                // Without a comma one number in parentheses is a number, not a tuple.
                if (shape.Count == 1)
                {
                    throw Fail("','");
                }

                Expect(')');
                break;
            }
        }

        return [.. shape];
    }
}
