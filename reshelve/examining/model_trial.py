"""Trying out the model of a workspace: can it be reached, is the model there, and what does an answer cost."""

from collections.abc import Callable, Iterator
from difflib import get_close_matches

from reshelve.examining.findings import Finding
from reshelve.opening.consent import UntrustedError
from reshelve.opening.suggesters import refuse_untrusted
from reshelve.schemas.suggest_settings import Suggest, replacement
from reshelve.schemas.suggestion_protocol import Prompt, Reply
from reshelve.session.session import Session
from reshelve.views.suggestions import dollars_text


def examine_suggestions(session: Session) -> Iterator[Finding]:
    """Yield how the model of a workspace answers one small question about a file that does not exist. That costs a few tokens."""
    from reshelve.executors.suggest.provider_contract import Trouble
    from reshelve.executors.suggest.provider_list import connector, model_of

    setting = session.setting
    config = setting.workspace.suggest
    if config is None:
        yield Finding("suggestions", "the workspace has no `suggest:`", False, "suggest: {provider: openai, model: gpt-4o-mini}")
        return
    try:
        refuse_untrusted(setting)
    except UntrustedError as untrusted:
        for reach in untrusted.reaches:
            yield Finding("suggestions", f"nobody here has consented to this: {reach.does}", False, "reshelve trust")
        return
    model = model_of(config, setting.environ)
    try:
        provider = connector(config, setting.folder, setting.environ)()
    except Trouble as trouble:
        yield Finding("suggestions", trouble.detail, False, trouble.hint)
        return
    try:
        there = provider.models()
        if there is not None and model not in there:
            if stands := replacement(model):
                yield Finding("model", f"{model} is retired", False, f"{stands} replaces it: model: {stands}")
                return
            near = get_close_matches(model, there, 3, 0.4) or list(there[:5])
            yield Finding("model", f"{model} is not there", False, f"there are {', '.join(near) or 'none'}")
            return
        if there is not None:
            yield Finding("model", f"{model} is there")
        yield from _answer(config, model, provider.ask)
    except Trouble as trouble:
        yield Finding("model", f"{model}: {trouble.detail}", False, trouble.hint)
    finally:
        provider.close()


def _answer(config: Suggest, model: str, ask: Callable[[Prompt], Reply]) -> Iterator[Finding]:
    from reshelve.executors.suggest.provider_contract import Trouble
    from reshelve.planner.suggest.answer_checks import check
    from reshelve.planner.suggest.budget import cost, expected, prices_of
    from reshelve.planner.suggest.prompts import prompts_for
    from reshelve.planner.suggest.questions import Place, Question
    from reshelve.planner.suggest.request_sizes import LEAST

    places = (Place("films", "movies:{{ title }} ({{ year }})/{{ filename }}", "kind movie"),)
    question = Question("inbox:sample", "", {"path": "metropolis 1927 restored.mkv", "size": "4.1 GB"})
    most = config.max_tokens
    while True:
        prompt, asked = next(prompts_for([question], places, 1, most))
        try:
            reply = ask(prompt)
            break
        except Trouble as trouble:
            # As a scan does: what is too long is asked again for a shorter answer.
            if not trouble.too_long or most <= LEAST:
                raise
            most = max(LEAST, most // 2)
    if most < config.max_tokens:
        yield Finding("context", f"too short for `max_tokens: {config.max_tokens}`; {most} is taken", True, f"max_tokens: {most}")
    checked = check(reply, asked, {"films"})
    why = "; ".join(why for _, why in checked.dropped)
    yield Finding("answer", f"not usable: {why}" if why else "in the form that was asked for", not why, "choose another model")
    counted = (reply.tokens_in, reply.tokens_out) if reply.tokens_in or reply.tokens_out else expected([prompt])
    money = cost(prices_of(config, model), *counted)
    told = "cost not known: add `prices:`" if money is None else dollars_text(money)
    yield Finding("cost", f"{counted[0]:,} tokens in and {counted[1]:,} out for one file: {told}")
