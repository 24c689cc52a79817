"""Families of sequence classifiers of transformers, as tiny configs; each is opened by the real code."""

from pathlib import Path
from typing import Any

from tests.support.tiny_encoders import N_WORDS, save, write_tokenizer

SIZE: dict[str, Any] = {
    "vocab_size": N_WORDS,
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 24,
    "max_position_embeddings": 64,
}
IDS: dict[str, Any] = {"pad_token_id": 0, "bos_token_id": 2, "eos_token_id": 3, "num_labels": 3}
DECODER: dict[str, Any] = SIZE | {"num_key_value_heads": 1, "head_dim": 8}
GPT: dict[str, Any] = {"vocab_size": N_WORDS, "n_embd": 16, "n_layer": 2, "n_head": 2, "n_positions": 64}
SEQ2SEQ: dict[str, Any] = {
    "vocab_size": N_WORDS,
    "d_model": 16,
    "encoder_layers": 1,
    "decoder_layers": 1,
    "encoder_attention_heads": 2,
    "decoder_attention_heads": 2,
    "encoder_ffn_dim": 24,
    "decoder_ffn_dim": 24,
    "max_position_embeddings": 64,
    "decoder_start_token_id": 3,
}
T5: dict[str, Any] = {
    "vocab_size": N_WORDS,
    "d_model": 16,
    "d_kv": 8,
    "d_ff": 24,
    "num_layers": 1,
    "num_heads": 2,
    "decoder_start_token_id": 0,
}
XLM: dict[str, Any] = {"vocab_size": N_WORDS, "emb_dim": 16, "n_layers": 2, "n_heads": 2, "pad_index": 0}
FAMILIES: dict[str, dict[str, Any]] = {
    "albert": SIZE | {"embedding_size": 8},
    "bart": SEQ2SEQ,
    "bert": SIZE,
    "big_bird": SIZE | {"attention_type": "original_full"},
    "biogpt": SIZE,
    "bloom": {"vocab_size": N_WORDS, "hidden_size": 16, "n_layer": 2, "n_head": 2},
    "camembert": SIZE,
    "convbert": SIZE | {"embedding_size": 8, "head_ratio": 1, "conv_kernel_size": 3},
    "data2vec-text": SIZE,
    "deberta": SIZE | {"relative_attention": True, "pos_att_type": ["c2p", "p2c"], "pooler_hidden_size": 16},
    "deberta-v2": SIZE | {"relative_attention": True, "pos_att_type": ["c2p", "p2c"], "pooler_hidden_size": 16},
    "distilbert": {"vocab_size": N_WORDS, "dim": 16, "n_layers": 2, "n_heads": 2, "hidden_dim": 24},
    "electra": SIZE | {"embedding_size": 8},
    "ernie": SIZE,
    "esm": SIZE | {"mask_token_id": 1, "position_embedding_type": "rotary"},
    "falcon": {"vocab_size": N_WORDS, "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2},
    "flaubert": XLM,
    "fnet": SIZE,
    "funnel": {
        "vocab_size": N_WORDS,
        "block_sizes": [1, 1],
        "d_model": 16,
        "n_head": 2,
        "d_head": 8,
        "d_inner": 24,
        "num_decoder_layers": 1,
    },
    "gemma": DECODER,
    "gemma2": DECODER,
    "gpt2": GPT,
    "gpt_neo": {
        "vocab_size": N_WORDS,
        "hidden_size": 16,
        "num_layers": 2,
        "num_heads": 2,
        "intermediate_size": 24,
        "max_position_embeddings": 64,
        "attention_types": [[["global", "local"], 1]],
    },
    "gpt_neox": SIZE,
    "gptj": GPT | {"rotary_dim": 4},
    "ibert": SIZE,
    "llama": DECODER,
    "longformer": SIZE | {"attention_window": [4, 4]},
    "luke": SIZE | {"entity_vocab_size": 8, "entity_emb_size": 8},
    "mbart": SEQ2SEQ,
    "megatron-bert": SIZE,
    "mistral": DECODER,
    "mobilebert": SIZE | {"embedding_size": 8, "intra_bottleneck_size": 8, "true_hidden_size": 8},
    "modernbert": SIZE | {"cls_token_id": 2, "sep_token_id": 3},
    "mpnet": SIZE | {"pad_token_id": 1},
    "nystromformer": SIZE | {"num_landmarks": 8, "segment_means_seq_len": 8},
    "openai-gpt": GPT,
    "opt": SIZE | {"ffn_dim": 24, "word_embed_proj_dim": 16},
    "phi3": DECODER,
    "qwen2": DECODER,
    "qwen3": DECODER,
    "rembert": SIZE | {"input_embedding_size": 8, "output_embedding_size": 8},
    "roberta": SIZE,
    "roberta-prelayernorm": SIZE,
    "roformer": SIZE | {"embedding_size": 8},
    "squeezebert": SIZE | {"embedding_size": 16, "q_groups": 1, "k_groups": 1, "v_groups": 1},
    "stablelm": DECODER,
    "t5": T5,
    "umt5": T5,
    "xlm": XLM,
    "xlm-roberta": SIZE,
    "xlnet": {"vocab_size": N_WORDS, "d_model": 16, "n_layer": 2, "n_head": 2, "d_inner": 24},
}


def family_folder(family: str, folder: Path, *, seed: int = 0, **options: Any) -> Path:
    """A tiny random sequence classifier of a family, with a tokenizer, as safetensors."""
    import transformers

    write_tokenizer(folder)
    config = transformers.AutoConfig.for_model(family, **IDS | FAMILIES[family] | options)
    model = transformers.AutoModelForSequenceClassification.from_config(config)
    return save(model, folder, seed=seed)
