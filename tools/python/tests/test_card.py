"""Model cards as Hugging Face's own library reads them. Its `validate()` asks a server, so only what it does here is held."""
from pathlib import Path

import pytest
from conftest import SAMPLE, Program, World

huggingface_hub = pytest.importorskip("huggingface_hub", reason="huggingface_hub is not installed: cards were NOT tested")


def test_the_card_says_what_it_is_and_what_was_measured(packer: Program, world: World, tmp_path: Path) -> None:
    folder = tmp_path / 'sample "one"'
    packer(
        "model", "package", "-q", world.plain, "--lang", "qab", "--license", "apache-2.0", "--gold",
        SAMPLE / "qab" / "dev.conll.zst", "-o", folder)
    data = huggingface_hub.ModelCard.load(folder / "README.md", ignore_metadata_errors=False).data
    assert (data.language, data.license, data.library_name) == ("qab", "apache-2.0", "nerpipe")
    assert data.pipeline_tag == "token-classification"
    assert "named-entity-recognition" in data.tags
    assert data.model_name == 'sample "one"'
    results = {result.metric_type: result for result in data.eval_results}
    assert set(results) == {"f1", "precision", "recall"}
    precision, recall = results["precision"].metric_value, results["recall"].metric_value
    assert results["f1"].metric_value == pytest.approx(2 * precision * recall / (precision + recall), abs=1e-4)
    assert all(0 < result.metric_value < 1 and result.dataset_name == "dev.conll.zst" for result in results.values())
    # What the library writes of it is the same card.
    again = huggingface_hub.ModelCard(str(huggingface_hub.ModelCard.load(folder / "README.md"))).data
    assert again.to_dict() == data.to_dict()


def test_without_gold_it_claims_nothing(packer: Program, world: World, tmp_path: Path) -> None:
    packer("model", "package", "-q", world.plain, "--lang", "qab", "-o", tmp_path / "m")
    data = huggingface_hub.ModelCard.load(tmp_path / "m" / "README.md", ignore_metadata_errors=False).data
    assert not data.eval_results and not data.get("metrics") and data.license is None
