"""The shim's fused operators on CUDA against the same mathematics in f64: relative errors of values and gradients.
usage: python3 check_fused.py PATH/libadapterhub_torch.so"""
import ctypes, sys, torch, torch.nn.functional as F, time
torch.ops.load_library(sys.argv[1]); A = torch.ops.adapterhub
torch.manual_seed(0); dev="cuda"
def err(a,b): return ((a.double()-b.double()).norm()/b.double().norm()).item()
def run(name, fused, ref, inputs, dt):
    try:
        x=[i.to(dev).to(dt).detach().requires_grad_() if i.is_floating_point() else i for i in inputs]
        y=[i.to(dev).to(dt).double().detach().requires_grad_() if i.is_floating_point() else i for i in inputs]
        a=fused(*x); b=ref(*y); g=torch.randn_like(b)
        a.backward(g.to(a.dtype)); b.backward(g)
        print(name, dt, "value %.1e"%err(a,b), "grads", ["%.1e"%err(i.grad,j.grad) for i,j in zip(x,y) if j.grad is not None], flush=True)
    except Exception as e: print("FAILED", name, dt, repr(e)[:600], flush=True)
R=torch.randn
for dt in (torch.float32, torch.bfloat16, torch.float16):
    run("rms", lambda x,w: A.rms_norm(x,w,1e-5), lambda x,w: x*torch.rsqrt((x*x).mean(-1,keepdim=True)+1e-5)*w, [R(37,576),R(576)], dt)
    run("rms odd", lambda x,w: A.rms_norm(x,w,1e-5), lambda x,w: x*torch.rsqrt((x*x).mean(-1,keepdim=True)+1e-5)*w, [R(37,33),R(33)], dt)
    def f(x,r,w): n,s=A.add_rms_norm(x,r,w,1e-5); return n+s
    def h(x,r,w): s=x+r; return s*torch.rsqrt((s*s).mean(-1,keepdim=True)+1e-5)*w+s
    run("addrms", f, h, [R(37,2048),R(37,2048),R(2048)], dt)
    run("swiglu", A.swiglu, lambda g,u: F.silu(g)*u, [R(37,864)*3,R(37,864)], dt)
    run("swiglu odd", A.swiglu, lambda g,u: F.silu(g)*u, [R(3,7)*3,R(3,7)], dt)
    ang=torch.rand(64,16,device=dev)*6; pos=torch.randint(0,64,(40,),device=dev)
    def rr(x):
        c=ang[pos].double().cos()[:,None]; s=ang[pos].double().sin()[:,None]; a,b=x[...,:16],x[...,16:]; return torch.cat([a*c-b*s,b*c+a*s],-1)
    run("rope", lambda x: A.rope(x,ang.cos(),ang.sin(),pos), rr, [R(40,3,32)], dt)
    lab=torch.randint(0,1000,(50,),device=dev); lab[::7]=-100; sc=torch.full((1,),1/(lab>=0).sum().item(),device=dev)
    run("ce", lambda x,w: A.linear_cross_entropy(x,w,lab,sc), lambda x,w: F.cross_entropy(x@w.t(),lab,ignore_index=-100), [R(50,64),R(1000,64)*.3], dt)
    cum=torch.tensor([0,1,70,70,211,215],dtype=torch.int32,device=dev)
    def ref(q,k,v,win=0):
        d=torch.searchsorted(cum[1:].long(),torch.arange(215,device=dev),right=True); i=torch.arange(215,device=dev)
        m=(d[:,None]==d[None])&(i[:,None]>=i[None])
        if win: m&=(i[:,None]-i[None])<win
        k=k.repeat_interleave(3,1); v=v.repeat_interleave(3,1)
        s=(q.transpose(0,1)@k.permute(1,2,0)*.3).masked_fill(~m,-torch.inf).softmax(-1); return (s@v.transpose(0,1)).transpose(0,1)
    for win in (0,20):
        run("attention w%d"%win, lambda q,k,v: A.attention(q,k,v,cum,141,.3,win), lambda q,k,v: ref(q,k,v,win), [R(215,6,32),R(215,2,32),R(215,2,32)], dt)
    W=R(96,64,device=dev)*.1
    run("lora", lambda x,a,b: A.lora_linear(x,W.to(dt),None,a,b,None,1.5,0.0), lambda x,a,b: x@W.to(dt).double().t()+1.5*(x@a.t())@b.t(), [R(50,64),R(8,64)*.1,R(96,8)*.1], dt)
