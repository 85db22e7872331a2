from pathlib import Path
from creason_core.model.engines.replay import Replay, scripted
from pages.server.services import services
r = services().models.registry
if "vllm" not in r.names:
    r.put("vllm", Replay(script=[scripted(" The pressure is low, so MAP speaks for it.", " \\boxed{C}")]))
    r.look("vllm")
exec(compile(Path("app.py").read_text(), "app.py", "exec"))
