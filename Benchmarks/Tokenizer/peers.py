"""peers.py NAME CAPTIONS PASSES: tokenizes the lines of a file on one thread; prints the count of ids and their sum."""
import os
import sys

os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["OMP_NUM_THREADS"] = "1"


def openclip():
    """OpenCLIP's own tokenizer, which remembers every word it has met."""
    import open_clip

    tokenizer = open_clip.SimpleTokenizer()
    return open_clip.__version__, lambda batch: [tokenizer.encode(text) for text in batch]


def huggingface():
    """HuggingFace's Rust tokenizer with the parts that transformers gives CLIPTokenizerFast (no ftfy, no HTML)."""
    import gzip

    import tokenizers
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers

    with gzip.open(os.environ["WIT_MERGES"], "rt", encoding="utf-8") as file:
        merges = [tuple(line.split()) for line in file.read().split("\n")[1 : 49152 - 256 - 2 + 1]]
    symbols = list(map(chr, [*range(33, 127), *range(161, 173), *range(174, 256)]))
    symbols += [chr(256 + n) for n in range(256 - len(symbols))]
    names = symbols + [s + "</w>" for s in symbols] + ["".join(m) for m in merges]
    names += ["<|startoftext|>", "<|endoftext|>"]
    vocabulary = {name: number for number, name in enumerate(names)}
    tokenizer = Tokenizer(
        models.BPE(vocabulary, merges, unk_token="<|endoftext|>", continuing_subword_prefix="", end_of_word_suffix="</w>")
    )
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()]
    )
    pattern = r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(pattern), behavior="removed", invert=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )
    return tokenizers.__version__, lambda batch: [row.ids for row in tokenizer.encode_batch(batch)]


if __name__ == "__main__":
    name, path, passes = sys.argv[1], sys.argv[2], int(sys.argv[3])
    version, encode = {"openclip": openclip, "huggingface": huggingface}[name]()
    with open(path, encoding="utf-8", newline="\n") as file:
        captions = [line for line in file.read().split("\n") if line]
    count = total = 0
    for _ in range(passes):
        for start in range(0, len(captions), 1000):
            for ids in encode(captions[start : start + 1000]):
                count += len(ids)
                total += sum(ids)
    print(count, total % 2**32, version)
